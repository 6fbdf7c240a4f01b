using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Sluice.Http;
using Sluice.Proxy.Diagnostics;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Pipeline;
using Sluice.Proxy.Routing;

namespace Sluice.Proxy.Connections;

/// <summary>
/// One client connection: reads a head, runs the exchange, and begins again, until one side wants no more. Requests
/// that are pipelined are served one after the other, in order (RFC 9112, 9.3.2).
/// </summary>
internal sealed class ProxyConnection : IDisposable
{
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(30);

    private readonly ProxyRuntime _runtime;
    private readonly ConnectionContext _connection;
    private readonly ConnectionDelegate? _next;
    private readonly Deadline _deadline;
    private readonly ExchangeContext _exchange;
    private readonly RequestPipeline _pipeline;
    private ReadResult _read;
    private SequencePosition _headEnd;
    private volatile bool _isIdle;
    private volatile bool _isClosing;
    private volatile DeadlineKind _expired;
    private bool _isInExchange;

    public ProxyConnection(ProxyRuntime runtime, ConnectionContext connection, ConnectionDelegate? next)
    {
        _runtime = runtime;
        _connection = connection;
        _next = next;
        _deadline = new Deadline(runtime.Clock);
        _exchange = new ExchangeContext(
            connection.Transport, runtime.Engine.Model.Limits.Head, _deadline, runtime.Time);
        _pipeline = new RequestPipeline(_exchange, runtime.Date);
    }

    private enum HeadStatus
    {
        Complete,
        Invalid,
        Closed,
        TimedOut,
    }

    /// <summary>Serves the connection until it ends.</summary>
    public async Task RunAsync()
    {
        var closed = _connection.ConnectionClosed.UnsafeRegister(
            static state => ((ProxyConnection)state!).OnClientClosed(), this);
        var closing = _connection.Features.Get<IConnectionLifetimeNotificationFeature>()
            ?.ConnectionClosedRequested.UnsafeRegister(static state => ((ProxyConnection)state!).BeginClose(), this);
        _runtime.Watch(this);
        var isHandedOn = false;
        try
        {
            isHandedOn = await ServeAsync();
        }
        catch (Exception fault)
        {
            _runtime.Log.ConnectionFault(fault, _connection.ConnectionId);
            if (_isInExchange)
            {
                _exchange.TryEnd(ExchangeEnd.Shutdown);
                _exchange.Record.Rejection = RejectionReason.InternalError;
                _exchange.Record.Outcome = ExchangeOutcome.Rejected;
                EndExchange();
            }

            _connection.Abort(new ConnectionAbortedException("A fault in the gateway."));
        }
        finally
        {
            closed.Dispose();
            closing?.Dispose();
            if (isHandedOn)
            {
                _runtime.Unwatch(this);
            }
            else
            {
                WatchClose();
            }
        }

        if (isHandedOn)
        {
            await _next!(_connection);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _exchange.Dispose();

    /// <summary>Looks at the deadline; called by the heartbeat.</summary>
    public void OnHeartbeat(long nowMs)
    {
        // Before the deadline is taken: one that has passed belongs to this exchange, or to an older one and is void.
        var generation = _exchange.Generation;
        var kind = _deadline.TakeExpired(nowMs);
        switch (kind)
        {
            case DeadlineKind.None:
                return;
            case DeadlineKind.KeepAlive or DeadlineKind.RequestHead or DeadlineKind.Linger:
                _expired = kind;
                _exchange.Input.CancelPendingRead();
                return;
            case DeadlineKind.RequestBody:
                _exchange.TryEnd(ExchangeEnd.RequestBodyTimeout, generation);
                return;
            case DeadlineKind.ResponseHead:
                _exchange.TryEnd(ExchangeEnd.ResponseHeadTimeout, generation);
                return;
            case DeadlineKind.ResponseIdle:
                _exchange.TryEnd(ExchangeEnd.ResponseIdleTimeout, generation);
                return;
            case DeadlineKind.Close:
                Unwatch();
                _connection.Abort(new ConnectionAbortedException("The client takes no bytes."));
                return;
            case DeadlineKind.ClientWrite:
                _exchange.TryEnd(ExchangeEnd.ClientWriteTimeout, generation);
                _connection.Abort(new ConnectionAbortedException("The client takes no bytes."));
                return;
        }
    }

    /// <summary>Ends the connection after its current exchange, or at once where there is none. Thread-safe.</summary>
    public void BeginClose()
    {
        _isClosing = true;
        _exchange.ClosesClient = true;

        // Either this sees that the connection is idle, or the connection sees that it is to close.
        Interlocked.MemoryBarrier();
        if (_isIdle)
        {
            _exchange.Input.CancelPendingRead();
        }
    }

    /// <summary>Ends the current exchange because the engine ends. Thread-safe.</summary>
    public void Shutdown() => _exchange.TryEnd(ExchangeEnd.Shutdown);

    // The server closes the connection when this returns, but first it waits until the client has taken what was
    // written, for ever. So the heartbeat keeps an eye on it until it is closed.
    private void WatchClose()
    {
        _deadline.Set(DeadlineKind.Close, CloseTime);
        _connection.ConnectionClosed.UnsafeRegister(
            static state => ((ProxyConnection)state!).Unwatch(), this);
    }

    private void Unwatch() => _runtime.Unwatch(this);

    private void OnClientClosed()
    {
        if (_runtime.Engine.Model.Limits.CancelOnHalfClose)
        {
            _exchange.TryEnd(ExchangeEnd.ClientCancelled);
        }
    }

    /// <returns>Whether the connection is another middleware's from here on.</returns>
    private async Task<bool> ServeAsync()
    {
        while (true)
        {
            var head = await ReadHeadAsync();
            if (head == HeadStatus.Closed)
            {
                return false;
            }

            var engine = _runtime.Engine;
            var goesOn = false;
            if (head == HeadStatus.Complete)
            {
                var status = GatewayResolver.Resolve(engine.Model, _exchange.Request, out var route, _exchange.Target);
                if (status == RouteStatus.NotFound && _next is not null)
                {
                    HandBack();
                    return true;
                }

                BeginExchange(engine, route.Gateway?.CollectLogs ?? true);
                _exchange.Input.AdvanceTo(_headEnd);
                goesOn = await _pipeline.RunAsync(engine, route, _isClosing || _runtime.IsDraining);
            }
            else if (_next is not null && head == HeadStatus.Invalid)
            {
                HandBack();
                return true;
            }
            else
            {
                BeginExchange(engine, collectLogs: true);
                await RefuseAsync(head);
            }

            EndExchange();
            if (!goesOn)
            {
                await CloseAsync();
                return false;
            }

            _exchange.Reset();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HeadStatus> ReadHeadAsync()
    {
        var input = _exchange.Input;
        var limits = _runtime.Engine.Model.Limits;
        var hasBytes = false;

        // A deadline may pass at the moment at which what it was for arrives; it must not hit what is waited for next.
        _expired = DeadlineKind.None;
        try
        {
            while (true)
            {
                if (!input.TryRead(out _read))
                {
                    if (!hasBytes)
                    {
                        _isIdle = true;
                        Interlocked.MemoryBarrier();
                        if (_isClosing)
                        {
                            return HeadStatus.Closed;
                        }

                        _deadline.Set(DeadlineKind.KeepAlive, limits.KeepAliveTimeout);
                    }

                    _read = await input.ReadAsync();
                    _isIdle = false;
                }

                var buffer = _read.Buffer;
                var status = _exchange.Request.Parse(buffer);
                if (!hasBytes && _exchange.Request.HasBegun)
                {
                    hasBytes = true;
                    _deadline.Set(DeadlineKind.RequestHead, limits.RequestHeadTimeout);
                }

                if (status == ParseStatus.Complete)
                {
                    _deadline.Clear();
                    _headEnd = buffer.GetPosition(_exchange.Request.Length);
                    return HeadStatus.Complete;
                }

                if (status == ParseStatus.Invalid)
                {
                    _deadline.Clear();
                    return HeadStatus.Invalid;
                }

                input.AdvanceTo(buffer.Start, buffer.End);
                if (_read.IsCompleted)
                {
                    return HeadStatus.Closed;
                }

                if (_read.IsCanceled && (_expired != DeadlineKind.None || (_isClosing && !hasBytes)))
                {
                    return hasBytes && _expired == DeadlineKind.RequestHead ? HeadStatus.TimedOut : HeadStatus.Closed;
                }
            }
        }
        catch (Exception error) when (LostConnection.Is(error))
        {
            return HeadStatus.Closed;
        }
    }

    // What was read stays where it is: the next middleware begins at the first byte of the request.
    private void HandBack()
    {
        _deadline.Clear();
        _exchange.Input.AdvanceTo(_read.Buffer.Start, _read.Buffer.Start);
    }

    private async ValueTask RefuseAsync(HeadStatus head)
    {
        if (head == HeadStatus.TimedOut)
        {
            await _pipeline.RefuseAsync(RejectionReason.RequestHeadTimeout, null);
            return;
        }

        _exchange.Input.AdvanceTo(_read.Buffer.End);
        var error = _exchange.Request.Error;
        switch (error)
        {
            case ParseError.Http2Preface:
                _runtime.Log.Http2Refused(_connection.ConnectionId, _connection.RemoteEndPoint);
                await RefuseHttp2Async();
                break;
            case ParseError.TlsHandshake:
                _runtime.Log.TlsOnPlaintext(_connection.ConnectionId, _connection.RemoteEndPoint);
                await _pipeline.RefuseAsync(error);
                break;
            default:
                await _pipeline.RefuseAsync(error);
                break;
        }
    }

    private async ValueTask RefuseHttp2Async()
    {
        _exchange.LeavesInput = true;
        _exchange.Record.Rejection = RejectionReason.VersionNotSupported;
        _exchange.Record.Outcome = ExchangeOutcome.Rejected;
        await _exchange.Output.WriteAsync(Http2Refusal.Frames.ToArray());
        _exchange.TryFinish();
    }

    private void BeginExchange(EngineSnapshot engine, bool collectLogs)
    {
        var record = _runtime.Records.Rent();
        var request = _exchange.Request;
        record.Accepted = _exchange.Timestamp();
        record.StartedAt = _runtime.Time.GetUtcNow();
        if (request.Length > 0)
        {
            record.Method = MethodName.Of(request.Method);

            // Without the authority of an absolute form, which may have a password in it.
            record.SetPath(RequestTarget.TryParse(request.Target, out var target) ? target.Path : request.Target);
        }

        _exchange.Begin(engine.Model, record);
        _exchange.ClosesClient = _isClosing;
        if (collectLogs)
        {
            _exchange.AllowCapture(_runtime.Captures);
        }

        _isInExchange = true;
        _runtime.OnExchangeBegun();
    }

    private void EndExchange()
    {
        _isInExchange = false;
        _exchange.Record.Ended = _exchange.Timestamp();
        _runtime.OnExchangeEnded(_exchange.Record);
    }

    private async ValueTask CloseAsync()
    {
        if (_exchange.AbortsClient)
        {
            _connection.Abort(new ConnectionAbortedException("The response was cut off."));
            return;
        }

        if (_exchange.LeavesInput && _exchange.End != ExchangeEnd.ClientCancelled)
        {
            _expired = DeadlineKind.None;
            _deadline.Set(DeadlineKind.Linger, Lingering.Time);
            await Lingering.RunAsync(_exchange.Input, () => _expired != DeadlineKind.None);
        }
    }
}
