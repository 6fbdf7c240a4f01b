using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Sluice.Proxy.Accounting;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;
using Sluice.Proxy.Pipeline;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Connections;

/// <summary>
/// The running data path: settings in force, upstream connections, client connections, and what they share.
/// Thread-safe.
/// </summary>
internal sealed class ProxyRuntime : IAsyncDisposable
{
    // What the captures of all streams together may hold; past it streams flow on and their records are cut short.
    private const long CaptureBytesMax = 256L * 1024 * 1024;

    private readonly IConnectionFactory _connections;
    private readonly Heartbeat _heartbeat;
    private readonly ExchangeLog _log;
    private readonly Lock _applying = new();
    private EngineSnapshot _engine;
    private long _activeExchanges;
    private volatile bool _isDraining;

    /// <param name="model">The settings.</param>
    /// <param name="connections">Opens connections to upstreams.</param>
    /// <param name="loggers">Makes the loggers.</param>
    /// <param name="time">The clock.</param>
    public ProxyRuntime(EngineModel model, IConnectionFactory connections, ILoggerFactory loggers, TimeProvider time)
    {
        _connections = connections;
        Time = time;
        Log = loggers.CreateLogger("Sluice.Proxy");
        Date = new DateLine(time);
        _heartbeat = new Heartbeat(time, EverySecond, () => Engine.Pools.HasIdle);
        _log = new ExchangeLog(loggers, time, Records);
        _engine = new EngineSnapshot(model, CreatePools(model.Upstream));
    }

    /// <summary>What is in force now.</summary>
    public EngineSnapshot Engine => Volatile.Read(ref _engine);

    /// <summary>Whether no new exchanges are taken.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>Exchanges that run.</summary>
    public long ActiveExchanges => Volatile.Read(ref _activeExchanges);

    /// <summary>Client connections that are open.</summary>
    public int ConnectionCount => _heartbeat.Count;

    internal TimeProvider Time { get; }

    internal IClock Clock => _heartbeat;

    internal ILogger Log { get; }

    internal DateLine Date { get; }

    internal ExchangeRecordPool Records { get; } = new();

    internal CaptureBudget Captures { get; } = new(CaptureBytesMax);

    /// <summary>
    /// Puts other settings in force for exchanges that begin from now on. Upstream connections are kept unless the way
    /// to reach upstreams has changed.
    /// </summary>
    public void Apply(EngineModel model)
    {
        UpstreamPools? retired = null;
        lock (_applying)
        {
            var pools = _engine.Pools;
            if (model.Upstream != pools.Options)
            {
                retired = pools;
                pools = CreatePools(model.Upstream);
            }

            Volatile.Write(ref _engine, new EngineSnapshot(model, pools));
        }

        retired?.Close();
    }

    /// <summary>Serves a client connection until it ends.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="next">
    /// Is given the connection, untouched, when a request on it is none of this engine's; null to answer such with 404.
    /// </param>
    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate? next)
    {
        using var client = new ProxyConnection(this, connection, next);
        await client.RunAsync();
    }

    /// <summary>
    /// Takes no new exchanges: idle connections are closed, running exchanges go on, and a request that comes
    /// nevertheless is answered with 503.
    /// </summary>
    public void BeginDrain()
    {
        _isDraining = true;
        foreach (var connection in _heartbeat.Connections)
        {
            connection.BeginClose();
        }
    }

    /// <summary>Ends all exchanges that run, which is logged as a shutdown and not as the clients' doing.</summary>
    public void EndExchanges()
    {
        foreach (var connection in _heartbeat.Connections)
        {
            connection.Shutdown();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        BeginDrain();
        EndExchanges();
        _heartbeat.Dispose();
        Engine.Pools.Close();
        await _log.DisposeAsync();
    }

    internal void Watch(ProxyConnection connection)
    {
        // After a pause without connections the heartbeat has not kept the line up to date.
        Date.Update(Time);
        _heartbeat.Add(connection);
        if (_isDraining)
        {
            connection.BeginClose();
        }
    }

    internal void Unwatch(ProxyConnection connection) => _heartbeat.Remove(connection);

    internal void OnExchangeBegun() => Interlocked.Increment(ref _activeExchanges);

    internal void OnExchangeEnded(ExchangeRecord record)
    {
        Interlocked.Decrement(ref _activeExchanges);
        _log.TryWrite(record);
    }

    private UpstreamPools CreatePools(UpstreamOptions options) => new(options, _connections, _heartbeat, Time);

    private void EverySecond()
    {
        Date.Update(Time);
        Engine.Pools.Sweep();
    }
}
