using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;

namespace Sluice.Server.Hosting;

/// <summary>The listener for operators: an ordinary web application.</summary>
internal sealed class AdminListener : IAsyncDisposable
{
    // A probe takes a millisecond; whatever holds a connection longer is not worth waiting for.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;
    private readonly ListenAddress _address;
    private ListenOptions? _listener;

    /// <param name="url">Where to listen; valid.</param>
    /// <param name="certificate">The certificate, for an encrypted one.</param>
    /// <param name="health">What health and readiness are answered from.</param>
    /// <param name="loggers">Where it logs to.</param>
    public AdminListener(string url, ServerCertificate? certificate, HealthState health, ILoggerFactory loggers)
    {
        _address = ListenAddress.Parse(url);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "sluice" });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            _listener = ListenerSetup.Add(options, _address, certificate, _ => { });
        });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _application = builder.Build();
        _application.Use(next => context => new HealthEndpoints(health).HandleAsync(context, next));
        _application.Run(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    /// <summary>The services that a server in this process takes its parts from.</summary>
    public IServiceProvider Services => _application.Services;

    /// <summary>Opens the listener.</summary>
    /// <returns>What it is bound to.</returns>
    /// <exception cref="StartupException">It cannot be opened.</exception>
    public async Task<Endpoint> StartAsync()
    {
        try
        {
            await _application.StartAsync();
        }
        catch (Exception exception) when (ListenerSetup.IsListenFault(exception))
        {
            throw ListenerSetup.Explain("admin", _address.ToString(), exception);
        }

        return ListenerSetup.ToEndpoint(_address, _listener!);
    }

    /// <summary>Closes the listener.</summary>
    public async Task StopAsync()
    {
        using var timeout = new CancellationTokenSource(StopTimeout);
        await _application.StopAsync(timeout.Token);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    /// <summary>Leaves signals alone: the whole process has one place for them.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
