using System.Runtime.CompilerServices;
using System.Text;
using Sluice.Http;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Relay;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Pipeline;

/// <summary>
/// Gets a connection, sends the request, reads the response's head, and passes the response on; the only loop over
/// attempts. One instance serves one client connection.
/// </summary>
/// <remarks>
/// A second attempt is made in one case only: a reused connection ended at once and before any byte of a response,
/// which is what a server's idle close looks like when it crosses the request on the wire (RFC 9112, 9.3.1), and the
/// whole request can be sent again. It takes a fresh connection, so it cannot meet the same fault.
/// </remarks>
internal sealed class AttemptLoop(ExchangeContext exchange, DateLine date)
{
    private static readonly TimeSpan StaleWindow = TimeSpan.FromSeconds(1);

    private const int ClientClosedRequest = 499;

    // Interim responses have no end of their own; a few are a protocol, hundreds are a fault or an attack.
    private const int InterimResponsesMax = 100;

    private static ReadOnlySpan<byte> EventStreamType => "text/event-stream"u8;

    private readonly RequestBodyRelay _body = new(exchange);
    private readonly ResponseRelay _response = new(exchange);

    /// <summary>Runs the attempts of one exchange.</summary>
    /// <returns>Whether the exchange ended as it should, so that its client connection is in a known state.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> RunAsync(OriginPool pool)
    {
        var upstream = pool.TryTake();
        while (true)
        {
            exchange.Record.Attempts++;
            if (upstream is null)
            {
                var acquired = await ConnectAsync(pool);
                if (acquired.Connection is null)
                {
                    return await GiveUpAsync(acquired.Error);
                }

                upstream = acquired.Connection;
            }

            exchange.Record.ReusedConnection = upstream.IsReused;
            var started = exchange.Timestamp();
            var error = await TryOnceAsync(upstream);
            if (!error.IsError)
            {
                return await RelayAsync(pool, upstream);
            }

            await _body.StopAsync();
            exchange.Detach();
            OriginPool.Discard(upstream);
            var wasStale = error.Reason == RejectionReason.UpstreamClosed
                && upstream.IsReused
                && IsUnprocessed(started);
            if (!wasStale || !_body.CanReplay || exchange.End != ExchangeEnd.None || exchange.SentInterim)
            {
                return await GiveUpAsync(error);
            }

            upstream = null;
        }
    }

    private async ValueTask<AcquireResult> ConnectAsync(OriginPool pool)
    {
        exchange.Deadline.Clear();
        try
        {
            return await pool.ConnectAsync(exchange.BeginConnect());
        }
        catch (OperationCanceledException) when (exchange.End != ExchangeEnd.None)
        {
            return new AcquireResult(null, new UpstreamError(RejectionReason.UpstreamClosed, null));
        }
    }

    private ValueTask<UpstreamError> TryOnceAsync(UpstreamConnection upstream)
    {
        if (!exchange.Attach(upstream))
        {
            return new ValueTask<UpstreamError>(new UpstreamError(RejectionReason.UpstreamClosed, null));
        }

        RequestHeadWriter.Write(upstream.Output, exchange.Request, new RequestRewrite
        {
            Target = exchange.Target.Target,
            Host = exchange.Target.Address!.HostHeader.Span,
            Framing = exchange.RequestFraming,
            Upgrade = exchange.Request.WantsUpgrade,
            Omit = exchange.Target.OmitHeaders,
        });
        _body.Start(upstream, retain: upstream.IsReused);
        return ReadHeadAsync(upstream);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<UpstreamError> ReadHeadAsync(UpstreamConnection upstream)
    {
        var anyByte = false;
        var interimResponses = 0;
        try
        {
            while (true)
            {
                if (!upstream.TryRead(out var read))
                {
                    read = await upstream.ReadAsync();
                }

                var buffer = read.Buffer;
                anyByte |= !buffer.IsEmpty;
                var status = upstream.Head.Parse(buffer);
                if (status == ParseStatus.Complete)
                {
                    upstream.Input.AdvanceTo(buffer.GetPosition(upstream.Head.Length));
                    if (!upstream.Head.IsInterim)
                    {
                        exchange.Record.UpstreamFirstByte = exchange.Timestamp();
                        return UpstreamError.None;
                    }

                    if (++interimResponses > InterimResponsesMax)
                    {
                        return new UpstreamError(
                            RejectionReason.UpstreamMalformed, "it sends interim responses without end");
                    }

                    await RelayInterimAsync(upstream);
                    continue;
                }

                upstream.Input.AdvanceTo(buffer.Start, buffer.End);
                if (status == ParseStatus.Invalid)
                {
                    return Malformed(upstream.Head.Error);
                }

                if (read.IsCompleted)
                {
                    return Ended(anyByte);
                }
            }
        }
        catch (Exception error) when (LostConnection.Is(error))
        {
            return Ended(anyByte);
        }
    }

    private async ValueTask RelayInterimAsync(UpstreamConnection upstream)
    {
        // HTTP/1.0 has no interim responses (RFC 9110, 15.2).
        if (exchange.Request.Version == HttpVersion.Http11)
        {
            exchange.SentInterim = true;
            await _response.RelayInterimAsync(upstream);
            if (_body.IsComplete)
            {
                // A client that took its time over the interim response has replaced the deadline.
                exchange.Deadline.Set(DeadlineKind.ResponseHead, exchange.Model.Upstream.ResponseHeadTimeout);
            }
        }

        upstream.Head.Reset();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> RelayAsync(OriginPool pool, UpstreamConnection upstream)
    {
        _body.Release();
        if (upstream.Head.Status == 101)
        {
            return await TunnelAsync(upstream);
        }

        var framingError = MessageFraming.OfResponse(upstream.Head, exchange.Request.IsHead, out var framing);
        if (framingError != ParseError.None)
        {
            await DropAsync(upstream);
            return await GiveUpAsync(Malformed(framingError));
        }

        // A response that comes before the request is whole is the last one on this connection: the rest of the request
        // would otherwise have to be read to its end by somebody.
        exchange.LeavesInput = !_body.IsComplete;
        exchange.ClosesClient |= exchange.LeavesInput || !exchange.Request.KeepAlive;
        StartCapture(upstream.Head);
        var status = await _response.RelayAsync(upstream, framing, date.Bytes);
        exchange.Deadline.Clear();
        await _body.StopAsync();
        var isWhole = status == ResponseStatus.Complete;
        if (isWhole)
        {
            exchange.Record.Outcome = ExchangeOutcome.Complete;
        }
        else
        {
            exchange.Record.Outcome = OutcomeOf(exchange.End);
            exchange.ClosesClient = true;
        }

        var reusable = isWhole
            && _body.IsComplete
            && upstream.Head.KeepAlive
            && framing.Kind != BodyKind.UntilClose
            && !_response.HasSurplus;
        exchange.AbortsClient &= !isWhole;
        _body.Reset();
        _response.Reset();
        exchange.Detach();

        // Only an exchange that nobody can end any more may hand its connection to another one.
        var isFinished = exchange.TryFinish();
        if (reusable && isFinished)
        {
            upstream.PromisedIdleMs = KeepAliveHeader.ReadPromise(upstream.Head);
            pool.Return(upstream);
        }
        else
        {
            OriginPool.Discard(upstream);
        }

        return isFinished && isWhole;
    }

    private async ValueTask<bool> TunnelAsync(UpstreamConnection upstream)
    {
        exchange.ClosesClient = true;
        if (!exchange.Request.WantsUpgrade)
        {
            await DropAsync(upstream);
            return await GiveUpAsync(new UpstreamError(
                RejectionReason.UpstreamMalformed, "it switched protocols without having been asked to"));
        }

        await _body.StopAsync();
        if (!_body.IsComplete)
        {
            await DropAsync(upstream);
            return await GiveUpAsync(new UpstreamError(
                RejectionReason.UpstreamMalformed, "it switched protocols before the request was whole"));
        }

        // The tunnel reads on where the request ended.
        _body.Release();
        exchange.Record.Outcome = ExchangeOutcome.Tunnelled;
        if (await _response.RelayUpgradeAsync(upstream) == ResponseStatus.Complete)
        {
            await Tunnel.RunAsync(exchange, upstream);
        }

        await DropAsync(upstream);
        _body.Reset();
        exchange.TryFinish();
        return false;
    }

    private async ValueTask DropAsync(UpstreamConnection upstream)
    {
        await _body.StopAsync();
        _response.Reset();
        exchange.Detach();
        OriginPool.Discard(upstream);
    }

    /// <summary>Tells the client that there will be no response, if there is still a client.</summary>
    private async ValueTask<bool> GiveUpAsync(UpstreamError error)
    {
        exchange.Deadline.Clear();
        var end = exchange.End;
        var (reason, detail) = end switch
        {
            ExchangeEnd.None => (error.Reason, error.Detail),
            ExchangeEnd.RequestBodyInvalid =>
                (RejectionReason.RequestBodyInvalid, Rejections.Describe(exchange.BodyError)),
            ExchangeEnd.RequestBodyTooLong => (RejectionReason.RequestBodyTooLong, null),
            ExchangeEnd.RequestBodyTimeout => (RejectionReason.RequestBodyTimeout, null),
            ExchangeEnd.ResponseHeadTimeout => (RejectionReason.UpstreamHeadTimeout, null),
            ExchangeEnd.Shutdown => (RejectionReason.ShuttingDown, null),
            _ => (RejectionReason.None, null),
        };

        // The body may be anywhere between its first and its last byte.
        exchange.LeavesInput = !_body.IsComplete && exchange.RequestFraming.HasBody;
        exchange.ClosesClient |= exchange.LeavesInput || end != ExchangeEnd.None || !exchange.Request.KeepAlive;
        _body.Reset();
        if (reason == RejectionReason.None)
        {
            exchange.Record.Outcome = OutcomeOf(end);

            // nginx's number for a client that did not wait for its answer; nothing is sent.
            exchange.Record.Status = end == ExchangeEnd.ClientCancelled ? ClientClosedRequest : 0;
        }
        else
        {
            await RejectionWriter.WriteAsync(exchange, reason, detail, date.Bytes);
        }

        exchange.Deadline.Clear();
        return exchange.TryFinish();
    }

    // Only event streams are looked into afterwards.
    private void StartCapture(ResponseHead head)
    {
        if (exchange.CaptureBudget is { } budget
            && head.Headers.TryGetValue(KnownHeader.ContentType, out var type)
            && type.Length >= EventStreamType.Length
            && Ascii.EqualsIgnoreCase(type[..EventStreamType.Length], EventStreamType)
            && !head.Headers.Has(KnownHeader.ContentEncoding))
        {
            exchange.Record.Response.Start(budget);
        }
    }

    // A close that crossed the request on the wire shows within a round trip. One that comes later may be that of an
    // upstream which had the whole request and was working on it: sent again, the work would be paid for twice.
    private bool IsUnprocessed(long started) => !_body.IsComplete || exchange.TimeSince(started) < StaleWindow;

    // After the first byte the request has been received, however the connection ended: it must not be sent again.
    private static UpstreamError Ended(bool withinResponse) => withinResponse
        ? new(RejectionReason.UpstreamMalformed, "the connection ended within the response's head")
        : new(RejectionReason.UpstreamClosed, null);

    private static UpstreamError Malformed(ParseError error) =>
        new(RejectionReason.UpstreamMalformed, Rejections.Describe(error));

    private static ExchangeOutcome OutcomeOf(ExchangeEnd end) => end switch
    {
        ExchangeEnd.ClientCancelled => ExchangeOutcome.ClientCancelled,
        ExchangeEnd.None => ExchangeOutcome.UpstreamTruncated,
        ExchangeEnd.Shutdown => ExchangeOutcome.Shutdown,
        _ => ExchangeOutcome.TimedOut,
    };
}
