using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Upstream;

/// <summary>The pools of all addresses under one set of upstream options. Thread-safe.</summary>
internal sealed class UpstreamPools
{
    private readonly ConcurrentDictionary<UpstreamAddress, OriginPool> _pools = new();
    private readonly Func<UpstreamAddress, OriginPool> _create;
    private volatile bool _isClosed;

    public UpstreamPools(UpstreamOptions options, IConnectionFactory factory, IClock clock, TimeProvider time)
    {
        Options = options;
        var connector = new UpstreamConnector(options, factory, time);
        _create = address => new OriginPool(address, connector, options, clock);
    }

    /// <summary>The options that all connections here were opened with.</summary>
    public UpstreamOptions Options { get; }

    /// <summary>The pool of an address.</summary>
    public OriginPool Of(UpstreamAddress address)
    {
        var pool = _pools.GetOrAdd(address, _create);

        // An exchange may have read the settings before they were replaced: its pool serves it, but keeps nothing.
        if (_isClosed)
        {
            pool.Close();
        }

        return pool;
    }

    /// <summary>Closes connections whose time is over.</summary>
    public void Sweep()
    {
        foreach (var (_, pool) in _pools)
        {
            pool.Sweep();
        }
    }

    /// <summary>Closes all idle connections; those in use are closed when they come back.</summary>
    public void Close()
    {
        _isClosed = true;
        Interlocked.MemoryBarrier();
        foreach (var (_, pool) in _pools)
        {
            pool.Close();
        }
    }
}
