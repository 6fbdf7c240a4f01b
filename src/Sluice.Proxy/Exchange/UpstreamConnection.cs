using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Sluice.Http;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Exchange;

/// <summary>
/// One connection to an upstream. It is used by one exchange at a time; only <see cref="Abort"/> may be called from
/// elsewhere.
/// </summary>
/// <remarks>
/// While it is idle a read is pending on it. So a close by the upstream is seen when it happens and not by the next
/// request, and that read is the one that will bring the next response: watching costs nothing.
/// </remarks>
internal sealed class UpstreamConnection(
    ConnectionContext connection, UpstreamAddress address, HttpLimits limits) : IAsyncDisposable
{
    private ValueTask<ReadResult> _readAhead;
    private bool _isReadingAhead;

    /// <summary>Where it leads.</summary>
    public UpstreamAddress Address { get; } = address;

    /// <summary>What the upstream sends.</summary>
    public PipeReader Input { get; } = connection.Transport.Input;

    /// <summary>What the upstream is sent.</summary>
    public PipeWriter Output { get; } = connection.Transport.Output;

    /// <summary>The head of the current response.</summary>
    public ResponseHead Head { get; } = new(limits);

    /// <summary>Whether it has served an exchange before this one: then it may have died unnoticed.</summary>
    public bool IsReused { get; private set; }

    /// <summary>When it became idle, on the coarse clock.</summary>
    public long IdleSinceMs { get; private set; }

    /// <summary>For how many milliseconds of idleness the upstream promised to keep it; 0 for no promise.</summary>
    public long PromisedIdleMs { get; set; }

    /// <summary>Whether the upstream closed it, or sent what nobody asked for, while it was idle.</summary>
    public bool IsDead => _isReadingAhead && _readAhead.IsCompleted;

    /// <summary>Begins the time of idleness.</summary>
    public void BecomeIdle(long nowMs)
    {
        Head.Reset();
        IsReused = true;
        IdleSinceMs = nowMs;
#pragma warning disable CA2012 // It is consumed exactly once: by ReadAsync or by DisposeAsync.
        _readAhead = Input.ReadAsync();
#pragma warning restore CA2012
        _isReadingAhead = true;
    }

    /// <summary>Reads what the upstream sends next.</summary>
    public ValueTask<ReadResult> ReadAsync()
    {
        if (!_isReadingAhead)
        {
            return Input.ReadAsync();
        }

        _isReadingAhead = false;
        return _readAhead;
    }

    /// <summary>Takes what has already arrived.</summary>
    public bool TryRead(out ReadResult result)
    {
        if (_isReadingAhead)
        {
            result = default;
            return false;
        }

        return Input.TryRead(out result);
    }

    /// <summary>Cuts the connection at once; whoever waits on it fails. Thread-safe.</summary>
    public void Abort() => connection.Abort(new ConnectionAbortedException("The exchange was ended."));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The connection first: a pending read must have ended before its buffers go back.
        await connection.DisposeAsync();
        if (_isReadingAhead)
        {
            _isReadingAhead = false;
            try
            {
                await _readAhead;
            }
            catch (Exception error) when (LostConnection.Is(error))
            {
                // It was closed; that is what was wanted.
            }
        }

        await Input.CompleteAsync();

        // With a fault, so that what was never flushed is not written to a connection that is gone.
        await Output.CompleteAsync(new ConnectionAbortedException("The connection is closed."));
        Head.Dispose();
    }
}
