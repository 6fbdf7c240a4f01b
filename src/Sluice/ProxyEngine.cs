using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Proxy.Connections;
using Sluice.Proxy.Model;
using Sluice.Transport.Sockets;

namespace Sluice;

/// <summary>
/// The gateway: takes connections from clients and relays their exchanges to providers. Thread-safe. Settings may be
/// replaced at any time; an exchange keeps those it began with.
/// </summary>
public sealed class ProxyEngine : IAsyncDisposable
{
    private readonly ProxyRuntime _runtime;
    private readonly Lock _applying = new();

    // Written under _applying; read anywhere.
    private volatile SluiceSettings _settings;

    private ProxyEngine(SluiceSettings settings, ProxyRuntime runtime)
    {
        _settings = settings;
        _runtime = runtime;
    }

    /// <summary>The settings in force.</summary>
    public SluiceSettings Settings => _settings;

    /// <summary>Whether <see cref="BeginDrain"/> has been called.</summary>
    public bool IsDraining => _runtime.IsDraining;

    /// <summary>The exchanges that run at this moment.</summary>
    public long ActiveExchanges => _runtime.ActiveExchanges;

    /// <summary>Creates an engine.</summary>
    /// <param name="settings">
    /// The settings to begin with. They are read now; later changes to the object have no effect.
    /// </param>
    /// <param name="loggers">Where it logs to; null for nowhere.</param>
    /// <param name="connections">What opens connections to upstreams; null for TCP sockets.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="SettingsException">The settings are not valid.</exception>
    public static ProxyEngine Create(
        SluiceSettings settings,
        ILoggerFactory? loggers = null,
        IConnectionFactory? connections = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var runtime = new ProxyRuntime(
            BuildModel(settings),
            connections ?? new SocketConnectionFactory(),
            loggers ?? NullLoggerFactory.Instance,
            time ?? TimeProvider.System);
        return new ProxyEngine(settings, runtime);
    }

    /// <summary>Replaces the settings for all exchanges that begin from now on. No connection is dropped.</summary>
    /// <param name="settings">
    /// The new settings. The listeners, the data folder and the certificate among them are not used.
    /// </param>
    /// <exception cref="SettingsException">The settings are not valid; the old ones stay.</exception>
    public void Apply(SluiceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var model = BuildModel(settings);
        lock (_applying)
        {
            _runtime.Apply(model);
            _settings = settings;
        }
    }

    /// <summary>Serves a client's connection until its end, or until it turns out not to be the engine's.</summary>
    /// <param name="connection">The connection, TLS already taken off.</param>
    /// <param name="next">
    /// Takes the connection over at a request that is not for the engine, with all bytes of that request still
    /// unread; null if there is nobody, in which case the engine answers with 404.
    /// </param>
    public Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate? next)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return _runtime.OnConnectionAsync(connection, next);
    }

    /// <summary>
    /// Takes no new exchanges: idle connections are closed at once, the others after the exchange they are in.
    /// Exchanges run on to their end.
    /// </summary>
    public void BeginDrain() => _runtime.BeginDrain();

    /// <summary>
    /// Ends all exchanges that run: responses that have begun are cut off, the others are answered with 503. For the
    /// end of a drain that took too long. Thread-safe.
    /// </summary>
    public void EndExchanges() => _runtime.EndExchanges();

    /// <summary>Stops the engine and closes its connections to upstreams. Stop the listeners first.</summary>
    public ValueTask DisposeAsync() => _runtime.DisposeAsync();

    private static EngineModel BuildModel(SluiceSettings settings)
    {
        var proxies = ProxyVariables.From(SettingsSources.FromProcess(null).Environment);
        var errors = new SettingsErrors();
        SettingsValidator.Check(settings, proxies, errors);
        return errors.IsEmpty ? ModelBuilder.Build(settings, proxies) : throw new SettingsException(errors.ToList());
    }
}
