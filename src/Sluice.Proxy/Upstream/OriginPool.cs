using Sluice.Http;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Upstream;

/// <summary>What became of the wish for a connection: either it or the error is set.</summary>
internal readonly record struct AcquireResult(UpstreamConnection? Connection, UpstreamError Error);

/// <summary>The connections to one address. Thread-safe.</summary>
internal sealed class OriginPool(
    UpstreamAddress address, UpstreamConnector connector, UpstreamOptions options, IClock clock)
{
    private const long ForgottenAfterMs = 60_000;

    private readonly SlotStack<UpstreamConnection> _idle = new(options.IdleConnectionsMax);
    private readonly IdleCloseEstimate _idleClose = new();
    private readonly long _idleLimitMs = (long)options.IdleConnectionTimeout.TotalMilliseconds;
    private long _lastUsedMs = clock.NowMs;
    private bool _isClosed;

    /// <summary>Idle connections, about.</summary>
    public int IdleCount => _idle.Count;

    /// <summary>Whether it holds nothing, and nobody has wanted anything of it for a while.</summary>
    public bool IsForgotten => _idle.Count == 0 && clock.NowMs - Volatile.Read(ref _lastUsedMs) > ForgottenAfterMs;

    /// <summary>Takes an idle connection that is alive.</summary>
    /// <returns>Null where there is none.</returns>
    public UpstreamConnection? TryTake()
    {
        Volatile.Write(ref _lastUsedMs, clock.NowMs);
        while (_idle.TryPop() is { } connection)
        {
            if (!IsSpent(connection))
            {
                return connection;
            }

            Discard(connection);
        }

        return null;
    }

    /// <summary>Opens a connection.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<AcquireResult> ConnectAsync(CancellationToken cancellationToken)
    {
        var result = await connector.ConnectAsync(address, cancellationToken);
        return result.Connection is { } connection
            ? new AcquireResult(new UpstreamConnection(connection, address, HttpLimits.Default), UpstreamError.None)
            : new AcquireResult(null, result.Error);
    }

    /// <summary>Gives a connection back whose exchange is over, with nothing unread on it.</summary>
    public void Return(UpstreamConnection connection)
    {
        Volatile.Write(ref _lastUsedMs, clock.NowMs);
        if (_idleLimitMs > 0 && !Volatile.Read(ref _isClosed))
        {
            connection.BecomeIdle(clock.NowMs);
            if (!connection.IsDead && _idle.TryPush(connection))
            {
                // A pool that closed in between does not look at its slots again.
                if (Volatile.Read(ref _isClosed))
                {
                    Close();
                }

                return;
            }
        }

        Discard(connection);
    }

    /// <summary>Closes the connections whose time is over, or that their upstream closed.</summary>
    public void Sweep()
    {
        _idle.RemoveWhere(IsSpent, Discard);

        // A close in between did not see what was in the sweep's hands.
        if (Volatile.Read(ref _isClosed))
        {
            Close();
        }
    }

    /// <summary>Closes all idle connections; those in use are closed when they come back.</summary>
    public void Close()
    {
        Volatile.Write(ref _isClosed, true);

        // Whoever fills a slot looks at the flag afterwards; so the flag has to be there before the slots are looked
        // at.
        Interlocked.MemoryBarrier();
        _idle.RemoveWhere(static _ => true, Discard);
    }

    /// <summary>Closes a connection without waiting for it.</summary>
    public static void Discard(UpstreamConnection connection) => _ = DisposeAsync(connection);

    private static async Task DisposeAsync(UpstreamConnection connection)
    {
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception error) when (LostConnection.Is(error))
        {
            // It is gone either way.
        }
    }

    private bool IsSpent(UpstreamConnection connection)
    {
        var now = clock.NowMs;
        var idle = now - connection.IdleSinceMs;
        if (connection.IsDead)
        {
            _idleClose.Observe(idle, now);
            return true;
        }

        var limit = _idleClose.Limit(_idleLimitMs, now);
        return idle > (connection.PromisedIdleMs > 0 ? Math.Min(limit, connection.PromisedIdleMs) : limit);
    }
}
