using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;

namespace Sluice.Hosting;

/// <summary>Registers an engine with the services of an application.</summary>
public static class SluiceServiceCollectionExtensions
{
    /// <summary>
    /// Registers one <see cref="ProxyEngine"/>, which the container disposes and which drains when the application
    /// stops. It logs to the container's loggers and takes the container's <see cref="TimeProvider"/>, if there is
    /// one.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="settings">The settings to begin with. The listeners among them are not used.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddSluice(this IServiceCollection services, SluiceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(settings);
        services.AddSingleton(provider =>
        {
            var engine = ProxyEngine.Create(
                settings,
                provider.GetService<ILoggerFactory>(),
                time: provider.GetService<TimeProvider>());
            provider.GetService<IHostApplicationLifetime>()?.ApplicationStopping.Register(engine.BeginDrain);
            return engine;
        });
        return services;
    }
}
