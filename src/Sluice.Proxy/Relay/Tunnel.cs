using System.Buffers;
using System.IO.Pipelines;
using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Relay;

/// <summary>
/// Copies bytes both ways after a 101 (RFC 9110, 7.8), each direction with its own backpressure. When one side ends,
/// what it sent has been handed over, and then both connections end, as in other proxies: a protocol that needs more
/// has its own closing handshake before that.
/// </summary>
internal static class Tunnel
{
    /// <summary>Runs until one side ends.</summary>
    public static async Task RunAsync(ExchangeContext exchange, UpstreamConnection upstream)
    {
        exchange.Deadline.Clear();
        var record = exchange.Record;
        var up = CopyAsync(exchange.Input, upstream.Output, bytes => record.RequestBytes += bytes);
        var down = CopyAsync(upstream.Input, exchange.Output, bytes => record.ResponseBytes += bytes);
        await Task.WhenAny(up, down);
        upstream.Input.CancelPendingRead();
        upstream.Output.CancelPendingFlush();
        exchange.Input.CancelPendingRead();
        exchange.Output.CancelPendingFlush();
        await Task.WhenAll(up, down);
    }

    private static async Task CopyAsync(PipeReader source, PipeWriter destination, Action<long> count)
    {
        try
        {
            while (true)
            {
                var read = await source.ReadAsync();
                foreach (var segment in read.Buffer)
                {
                    destination.Write(segment.Span);
                }

                count(read.Buffer.Length);
                source.AdvanceTo(read.Buffer.End);
                var flush = await destination.FlushAsync();
                if (read.IsCompleted || read.IsCanceled || flush.IsCompleted || flush.IsCanceled)
                {
                    return;
                }
            }
        }
        catch (Exception error) when (LostConnection.Is(error))
        {
            // One side is gone, which ends both.
        }
    }
}
