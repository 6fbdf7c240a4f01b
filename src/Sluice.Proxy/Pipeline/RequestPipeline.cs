using System.Runtime.CompilerServices;
using Sluice.Http;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Routing;

namespace Sluice.Proxy.Pipeline;

/// <summary>
/// What happens to a request, in order. One instance serves one client connection.
/// </summary>
internal sealed class RequestPipeline(ExchangeContext exchange, DateLine date)
{
    private readonly AttemptLoop _attempts = new(exchange, date);

    /// <summary>Runs one exchange whose head was parsed, routed and consumed.</summary>
    /// <param name="engine">What is in force.</param>
    /// <param name="route">Where the request goes.</param>
    /// <param name="isDraining">Whether the engine takes no new exchanges.</param>
    /// <returns>Whether the client connection can carry another exchange.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> RunAsync(EngineSnapshot engine, RouteResult route, bool isDraining)
    {
        exchange.Record.Gateway = route.Gateway;
        exchange.Record.Provider = route.Provider;

        var framingError = MessageFraming.OfRequest(exchange.Request, out var framing);
        exchange.RequestFraming = framing;
        if (framingError != ParseError.None)
        {
            return await RefuseAsync(framingError);
        }

        // What follows the head of a CONNECT is the tunnel's and no next request (RFC 9110, 9.3.6).
        if (exchange.Request.Method.SequenceEqual("CONNECT"u8))
        {
            return await RefuseAsync(RejectionReason.NotImplemented, null);
        }

        var refusal = isDraining ? RejectionReason.ShuttingDown : Check(route, engine.Model.Limits.RequestBodyBytesMax);
        if (refusal != RejectionReason.None)
        {
            // A refusal for another reason says nothing of the route, which may be wrong as well.
            var isOfRoute = refusal is not (RejectionReason.ShuttingDown or RejectionReason.RequestBodyTooLong);
            return await AnswerAsync(refusal, isOfRoute ? RouteProblem.Describe(engine.Model, route) : null);
        }

        return await _attempts.RunAsync(engine.Pools.Of(exchange.Target.Address!)) && !exchange.ClosesClient;
    }

    /// <summary>
    /// Refuses a request that cannot be understood; where it ends is unknown, so the connection ends with it.
    /// </summary>
    public ValueTask<bool> RefuseAsync(ParseError error) =>
        RefuseAsync(Rejections.Of(error), Rejections.Describe(error));

    /// <summary>Refuses a request whose end will not come.</summary>
    public async ValueTask<bool> RefuseAsync(RejectionReason reason, string? detail)
    {
        exchange.ClosesClient = true;
        exchange.LeavesInput = true;
        await RejectionWriter.WriteAsync(exchange, reason, detail, date.Bytes);
        exchange.Deadline.Clear();
        exchange.TryFinish();
        return false;
    }

    private RejectionReason Check(in RouteResult route, long bodyBytesMax)
    {
        if (exchange.RequestFraming.Length > bodyBytesMax)
        {
            return RejectionReason.RequestBodyTooLong;
        }

        return route.Status switch
        {
            RouteStatus.Found => RejectionReason.None,
            RouteStatus.UnknownGateway => RejectionReason.UnknownGateway,
            RouteStatus.UnknownProvider => RejectionReason.UnknownProvider,
            RouteStatus.InvalidPath => RejectionReason.InvalidPath,
            RouteStatus.Unsupported => RejectionReason.Unsupported,
            _ => RejectionReason.NotFound,
        };
    }

    // The request is well framed, but nobody will read its body: small ones that are here already are not worth a new
    // connection, yet telling them from large ones is not worth a state of its own on a path of errors.
    private async ValueTask<bool> AnswerAsync(RejectionReason reason, string? detail)
    {
        var hasBody = exchange.RequestFraming.HasBody;
        exchange.ClosesClient |= hasBody || !exchange.Request.KeepAlive || reason == RejectionReason.ShuttingDown;
        exchange.LeavesInput = hasBody;
        await RejectionWriter.WriteAsync(exchange, reason, detail, date.Bytes);
        exchange.Deadline.Clear();
        return exchange.TryFinish() && !exchange.ClosesClient;
    }
}
