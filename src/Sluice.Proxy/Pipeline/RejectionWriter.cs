using Sluice.Http;
using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Pipeline;

/// <summary>Answers in the gateway's own name.</summary>
internal static class RejectionWriter
{
    /// <summary>Writes and flushes the answer, and notes it in the record.</summary>
    /// <param name="exchange">The exchange; no byte of a final response may have left.</param>
    /// <param name="reason">Why.</param>
    /// <param name="detail">What is known beyond it; null for nothing.</param>
    /// <param name="dateLine">A whole <c>Date</c> line.</param>
    public static async ValueTask WriteAsync(
        ExchangeContext exchange, RejectionReason reason, string? detail, ReadOnlyMemory<byte> dateLine)
    {
        var rejection = Rejections.Of(reason);
        var record = exchange.Record;
        record.Rejection = reason;
        record.Status = rejection.Status;
        record.Outcome = ExchangeOutcome.Rejected;
        exchange.ResponseStarted = true;

        // HTTP/1.0 keeps a connection only where both sides say so, and an error is no moment to begin with it.
        exchange.ClosesClient |= exchange.Request.Version == HttpVersion.Http10;
        exchange.Deadline.Set(DeadlineKind.ClientWrite, exchange.Model.Limits.ClientWriteTimeout);
        record.ResponseBytes = ErrorEnvelope.Write(
            exchange.Output,
            rejection,
            detail,
            dateLine.Span,
            close: exchange.ClosesClient,
            withBody: !exchange.Request.Method.SequenceEqual("HEAD"u8));
        try
        {
            // An exchange that was ended has a cancelled flush waiting, which would be the answer's.
            var flush = await exchange.Output.FlushAsync();
            if (flush.IsCanceled)
            {
                await exchange.Output.FlushAsync();
            }
        }
        catch (Exception error) when (LostConnection.Is(error))
        {
            exchange.ClosesClient = true;
        }
    }
}
