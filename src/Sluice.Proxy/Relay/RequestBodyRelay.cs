using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Sluice.Http;
using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Relay;

/// <summary>How a run of a <see cref="RequestBodyRelay"/> ended.</summary>
internal enum RequestBodyStatus
{
    /// <summary>It goes on, or was not begun.</summary>
    Running,

    /// <summary>The whole request was handed to the upstream connection.</summary>
    Complete,

    /// <summary>
    /// The upstream connection takes nothing any more. A response may have arrived on it all the same.
    /// </summary>
    UpstreamFailed,

    /// <summary>It was stopped by <see cref="RequestBodyRelay.StopAsync"/>, or the exchange was ended.</summary>
    Stopped,
}

/// <summary>
/// Sends the body of a request to the upstream as it arrives, beside the flow that waits for the response. As long as
/// the upstream connection could turn out to be dead, the body stays unconsumed in the client's own pipe, so that it
/// can be sent once more without having been copied. One instance serves one client connection.
/// </summary>
internal sealed class RequestBodyRelay(ExchangeContext exchange)
{
    /// <summary>
    /// Bytes of a body that are kept for a second attempt. Kestrel's pipe stops reading the client at 1 MiB, so it has
    /// to be well below; all but the longest prompts are.
    /// </summary>
    public const int ReplayBytesMax = 512 * 1024;

    // Bytes that are handed to the upstream connection at most before they are flushed. Without a bound a client that
    // is always faster than the relay would never let it come to a flush.
    private const int UnflushedBytesMax = 128 * 1024;

    private readonly BodyTransfer _transfer = new();
    private NullBodySink _sink;
    private UpstreamConnection? _upstream;
    private ReadResult _held;
    private bool _isHolding;
    private long _done;
    private bool _isLost;
    private bool _isRetaining;
    private volatile bool _isStopping;
    private volatile RequestBodyStatus _status;
    private ValueTask<RequestBodyStatus> _run;
    private bool _hasRun;

    /// <summary>Whether all of the body can be sent again.</summary>
    public bool CanReplay => !_isLost;

    /// <summary>Whether the whole request was handed over.</summary>
    public bool IsComplete => _status == RequestBodyStatus.Complete;

    /// <summary>
    /// Begins to send the body over a connection whose output already holds the head; the first flush takes both.
    /// </summary>
    /// <param name="upstream">The connection.</param>
    /// <param name="retain">Whether the body is kept for another attempt.</param>
    public void Start(UpstreamConnection upstream, bool retain)
    {
        _transfer.Start(
            exchange.RequestFraming,
            chunkedDestination: exchange.RequestFraming.Kind == BodyKind.Chunked,
            exchange.Model.Limits.RequestBodyBytesMax);
        if (!_isHolding && _done > 0)
        {
            // What an attempt before this one has looked at is kept, but a read would wait for more. A cancelled one
            // does not.
            exchange.Input.CancelPendingRead();
        }

        _upstream = upstream;
        _done = 0;
        _isRetaining = retain;
        _isStopping = false;
        _status = RequestBodyStatus.Running;
        _hasRun = true;
#pragma warning disable CA2012 // It is consumed exactly once: by StopAsync.
        _run = RunAsync(upstream);
#pragma warning restore CA2012
    }

    /// <summary>
    /// Waits for the run to end, having told it to if it goes on. The upstream connection is then aborted: half a
    /// request was sent on it, and it need not take another byte.
    /// </summary>
    public async ValueTask StopAsync()
    {
        if (!_hasRun)
        {
            return;
        }

        _hasRun = false;
        if (!_run.IsCompleted)
        {
            _isStopping = true;
            exchange.Input.CancelPendingRead();
            _upstream!.Abort();
        }

        await _run;
    }

    /// <summary>The body will not be needed again: consumes what was kept of it.</summary>
    public void Release()
    {
        _isRetaining = false;
        if ((!_hasRun || _run.IsCompleted) && _isHolding)
        {
            _isHolding = false;
            var end = _held.Buffer.GetPosition(_done);
            _held = default;
            exchange.Input.AdvanceTo(end);
        }
    }

    /// <summary>Makes the instance ready for the next exchange.</summary>
    public void Reset()
    {
        Release();
        _transfer.Reset();
        _upstream = null;
        _done = 0;
        _isLost = false;
        _hasRun = false;
        _status = RequestBodyStatus.Running;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RequestBodyStatus> RunAsync(UpstreamConnection upstream)
    {
        try
        {
            while (!_transfer.IsComplete)
            {
                if (!_isHolding
                    && (upstream.Output.UnflushedBytes >= UnflushedBytesMax || !exchange.Input.TryRead(out _held)))
                {
                    // Nothing more is here, or enough: what is written leaves before anything is waited for.
                    if (!await TryFlushAsync(upstream))
                    {
                        return _status = RequestBodyStatus.UpstreamFailed;
                    }

                    SetDeadline(DeadlineKind.RequestBody, exchange.Model.Limits.RequestBodyIdleTimeout);

                    _held = await exchange.Input.ReadAsync();
                }

                _isHolding = true;
                if (_isStopping || exchange.End != ExchangeEnd.None)
                {
                    return _status = RequestBodyStatus.Stopped;
                }

                if (!TryPassOn(upstream))
                {
                    return _status = RequestBodyStatus.Stopped;
                }
            }

            return _status = await FinishAsync(upstream);
        }
        catch (Exception error) when (LostConnection.Is(error))
        {
            // Only the client's side throws here; the upstream's faults are values of TryFlushAsync.
            exchange.TryEnd(ExchangeEnd.ClientCancelled);
            return _status = RequestBodyStatus.Stopped;
        }
    }

    private async ValueTask<RequestBodyStatus> FinishAsync(UpstreamConnection upstream)
    {
        var record = exchange.Record;
        record.RequestBytes = _transfer.BodyBytes;
        record.RequestComplete = exchange.Timestamp();
        if (!_isRetaining && _isHolding)
        {
            _isHolding = false;
            exchange.Input.AdvanceTo(_held.Buffer.GetPosition(_done));
            _held = default;
        }

        if (!await TryFlushAsync(upstream))
        {
            return RequestBodyStatus.UpstreamFailed;
        }

        record.UpstreamSent = exchange.Timestamp();
        SetDeadline(DeadlineKind.ResponseHead, exchange.Model.Upstream.ResponseHeadTimeout);

        return RequestBodyStatus.Complete;
    }

    /// <summary>Hands on what is held.</summary>
    /// <returns>False where the exchange was ended because of what the client sent.</returns>
    private bool TryPassOn(UpstreamConnection upstream)
    {
        var unsent = _done == 0 ? _held.Buffer : _held.Buffer.Slice(_done);
        var status = _transfer.Transfer(unsent, upstream.Output, ref _sink, out var consumed);
        _done += consumed;
        exchange.Record.RequestBytes = _transfer.BodyBytes;
        switch (status)
        {
            case TransferStatus.Complete:
                return true;
            case TransferStatus.Invalid:
                exchange.BodyError = _transfer.Error;
                exchange.TryEnd(ExchangeEnd.RequestBodyInvalid);
                return false;
            case TransferStatus.TooLong:
                exchange.TryEnd(ExchangeEnd.RequestBodyTooLong);
                return false;
        }

        if (_held.IsCompleted)
        {
            exchange.TryEnd(ExchangeEnd.ClientCancelled);
            return false;
        }

        _isHolding = false;
        if (_isRetaining && _done <= ReplayBytesMax)
        {
            exchange.Input.AdvanceTo(_held.Buffer.Start, _held.Buffer.End);
        }
        else
        {
            _isRetaining = false;
            _isLost = true;
            exchange.Input.AdvanceTo(_held.Buffer.GetPosition(_done), _held.Buffer.End);
            _done = 0;
        }

        return true;
    }

    private async ValueTask<bool> TryFlushAsync(UpstreamConnection upstream)
    {
        try
        {
            var flushing = upstream.Output.FlushAsync();
            if (!flushing.IsCompleted && !exchange.ResponseStarted)
            {
                // From here on it is the upstream that is waited for, not the client.
                exchange.Deadline.Set(DeadlineKind.ResponseHead, exchange.Model.Upstream.ResponseHeadTimeout);
            }

            var flush = await flushing;
            return !flush.IsCompleted;
        }
        catch (Exception error) when (LostConnection.Is(error))
        {
            return false;
        }
    }

    // Once the response has begun the deadline is the response's. It may begin between the look and the store.
    private void SetDeadline(DeadlineKind kind, TimeSpan limit)
    {
        if (!exchange.ResponseStarted)
        {
            exchange.Deadline.Set(kind, limit);
            Interlocked.MemoryBarrier();
            if (exchange.ResponseStarted)
            {
                exchange.Deadline.Set(DeadlineKind.ResponseIdle, exchange.Model.Upstream.ResponseIdleTimeout);
            }
        }
    }
}
