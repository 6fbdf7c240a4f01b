using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Upstream;

/// <summary>The pools of all addresses under one set of upstream options. Thread-safe.</summary>
internal sealed class UpstreamPools
{
    /// <summary>Addresses whose connections are kept.</summary>
    public const int PoolsMax = 1024;

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
        if (!_pools.TryGetValue(address, out var pool))
        {
            // Hosts are derived from paths, so their number is their sender's choice: past the bound a pool serves its
            // one exchange and keeps nothing.
            var isOneTooMany = _pools.Count >= PoolsMax;
            pool = isOneTooMany ? _create(address) : _pools.GetOrAdd(address, _create);
            if (isOneTooMany)
            {
                pool.Close();
            }
        }

        // An exchange may have read the settings before they were replaced: its pool serves it, but keeps nothing.
        if (_isClosed)
        {
            pool.Close();
        }

        return pool;
    }

    /// <summary>Whether there are idle connections, which somebody has to close when their time is over.</summary>
    public bool HasIdle => _pools.Any(static pair => pair.Value.IdleCount > 0);

    /// <summary>Addresses that connections are kept for now.</summary>
    public int Count => _pools.Count;

    /// <summary>
    /// Closes connections whose time is over, and forgets addresses that nobody has asked for lately.
    /// </summary>
    public void Sweep()
    {
        foreach (var pair in _pools)
        {
            pair.Value.Sweep();
            if (pair.Value.IsForgotten && _pools.TryRemove(pair))
            {
                // What an exchange still has of it is closed when it comes back.
                pair.Value.Close();
            }
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
