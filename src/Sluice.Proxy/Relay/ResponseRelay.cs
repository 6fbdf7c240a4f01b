using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Sluice.Http;
using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Relay;

/// <summary>How the relay of a response ended.</summary>
internal enum ResponseStatus
{
    /// <summary>The whole response was handed to the client's connection.</summary>
    Complete,

    /// <summary>The upstream broke off.</summary>
    Truncated,

    /// <summary>The exchange was ended; <see cref="ExchangeContext.End"/> says why.</summary>
    Ended,
}

/// <summary>
/// Passes a response to the client as it arrives: what one read of the upstream brought is flushed before the next read
/// is waited for. One instance serves one client connection.
/// </summary>
internal sealed class ResponseRelay(ExchangeContext exchange)
{
    private readonly BodyTransfer _transfer = new();
    private bool _isClientGone;

    /// <summary>
    /// Whether bytes followed the response that do not belong to it: the connection is not to be used again.
    /// </summary>
    public bool HasSurplus { get; private set; }

    /// <summary>Passes an interim response on (RFC 9110, 15.2).</summary>
    public async ValueTask<ResponseStatus> RelayInterimAsync(UpstreamConnection upstream)
    {
        ResponseHeadWriter.Write(exchange.Output, upstream.Head, default);
        return await TryFlushAsync() ? ResponseStatus.Complete : ResponseStatus.Ended;
    }

    /// <summary>Passes the head on whose body is a tunnel, and flushes it.</summary>
    public async ValueTask<ResponseStatus> RelayUpgradeAsync(UpstreamConnection upstream)
    {
        exchange.ResponseStarted = true;
        exchange.Record.Status = upstream.Head.Status;
        ResponseHeadWriter.Write(
            exchange.Output, upstream.Head, new ResponseRewrite { Connection = ConnectionOption.Upgrade });
        return await TryFlushAsync() ? ResponseStatus.Complete : ResponseStatus.Ended;
    }

    /// <summary>Passes a final response on, head and body.</summary>
    /// <param name="upstream">The connection, its head parsed and consumed.</param>
    /// <param name="framing">How its body is framed.</param>
    /// <param name="dateLine">A whole <c>Date</c> line for a response without one.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ResponseStatus> RelayAsync(
        UpstreamConnection upstream, BodyFraming framing, ReadOnlyMemory<byte> dateLine)
    {
        HasSurplus = false;
        _isClientGone = false;
        WriteHead(upstream, framing, dateLine.Span);
        var capture = exchange.Record.Response;
        var input = upstream.Input;
        try
        {
            while (!_transfer.IsComplete)
            {
                if (!input.TryRead(out var read))
                {
                    if (!await TryFlushAsync())
                    {
                        return ResponseStatus.Ended;
                    }

                    exchange.Deadline.Set(DeadlineKind.ResponseIdle, exchange.Model.Upstream.ResponseIdleTimeout);
                    read = await input.ReadAsync();
                }

                var buffer = read.Buffer;
                var status = _transfer.Transfer(buffer, exchange.Output, ref capture, out var consumed);
                HasSurplus = status == TransferStatus.Complete && consumed < buffer.Length;
                input.AdvanceTo(buffer.GetPosition(consumed), buffer.End);
                exchange.Record.ResponseBytes = _transfer.BodyBytes;
                if (capture.IsActive)
                {
                    capture.Mark(exchange.Timestamp());
                }

                if (status == TransferStatus.Invalid
                    || (status == TransferStatus.NeedMoreData && read.IsCompleted && !TryEndAtClose()))
                {
                    await TryFlushAsync();
                    return EndedOr(ResponseStatus.Truncated);
                }
            }
        }
        catch (Exception error) when (LostConnection.Is(error))
        {
            // The upstream's reset; what arrived before it has been flushed already.
            return EndedOr(ResponseStatus.Truncated);
        }

        // A client that has all it wants may close before this flush is looked at: that is no cancellation any more.
        return await TryFlushAsync() || !_isClientGone ? ResponseStatus.Complete : ResponseStatus.Ended;
    }

    /// <summary>Gives back what is held.</summary>
    public void Reset() => _transfer.Reset();

    private void WriteHead(UpstreamConnection upstream, BodyFraming framing, ReadOnlySpan<byte> dateLine)
    {
        var head = upstream.Head;
        var request = exchange.Request;
        var isHttp10 = request.Version == HttpVersion.Http10;
        var hasNoLength = framing.Kind is BodyKind.Chunked or BodyKind.UntilClose;
        var chunked = hasNoLength && !isHttp10;
        if (hasNoLength && isHttp10)
        {
            // The close is the only end that such a client can see, so a broken response must not end in a close.
            exchange.ClosesClient = true;
            exchange.AbortsClient = true;
        }

        ResponseHeadWriter.Write(exchange.Output, head, new ResponseRewrite
        {
            Chunked = chunked,
            Connection = exchange.ClosesClient ? ConnectionOption.Close
                : isHttp10 ? ConnectionOption.KeepAlive : ConnectionOption.None,
            DateLine = dateLine,
        });
        exchange.ResponseStarted = true;
        exchange.Record.Status = head.Status;
        _transfer.Start(framing, chunked);
    }

    private bool TryEndAtClose() => _transfer.TryEndAtClose(exchange.Output);

    private ResponseStatus EndedOr(ResponseStatus status) =>
        exchange.End == ExchangeEnd.None ? status : ResponseStatus.Ended;

    private ValueTask<bool> TryFlushAsync()
    {
        var flush = exchange.Output.FlushAsync();
        return flush.IsCompletedSuccessfully
            ? new ValueTask<bool>(Check(flush.Result))
            : TryFlushAwaited(flush);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryFlushAwaited(ValueTask<FlushResult> flush)
    {
        exchange.Deadline.Set(DeadlineKind.ClientWrite, exchange.Model.Limits.ClientWriteTimeout);
        try
        {
            return Check(await flush);
        }
        catch (Exception error) when (LostConnection.Is(error))
        {
            _isClientGone = true;
            exchange.TryEnd(ExchangeEnd.ClientCancelled);
            return false;
        }
    }

    private bool Check(FlushResult flush)
    {
        _isClientGone |= flush.IsCompleted || flush.IsCanceled;
        if (flush.IsCompleted)
        {
            exchange.TryEnd(ExchangeEnd.ClientCancelled);
        }

        return !flush.IsCompleted && exchange.End == ExchangeEnd.None;
    }
}
