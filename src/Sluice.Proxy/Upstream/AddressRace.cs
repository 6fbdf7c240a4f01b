using System.Net;
using Microsoft.AspNetCore.Connections;
using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// Connects to a host that has several addresses (RFC 8305): the address families take turns, an attempt that is slow
/// does not hold up the next one, and the first connection wins. Thread-safe; nothing is remembered between races.
/// </summary>
/// <param name="factory">Opens the connections.</param>
/// <param name="time">The clock.</param>
internal sealed class AddressRace(IConnectionFactory factory, TimeProvider time)
{
    /// <summary>How long an attempt runs alone (RFC 8305, 8: "Connection Attempt Delay", recommended 250 ms).</summary>
    internal static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    // A host with dozens of dead addresses fails with dozens of texts, of which the first ones say it all.
    private const int FaultsReportedMax = 4;

    /// <summary>Connects to one of the addresses.</summary>
    /// <param name="addresses">At least one, the preferred one first.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellationToken">Ends the race.</param>
    /// <exception cref="OperationCanceledException">The race was ended.</exception>
    public async ValueTask<ConnectResult> ConnectAsync(
        IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        var order = Interleave(addresses);
        var running = new List<Task<ConnectResult>>(order.Count);
        var faults = new List<string?>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            for (var next = 0; ;)
            {
                if (next < order.Count)
                {
                    running.Add(AttemptAsync(new IPEndPoint(order[next++], port), stop.Token));
                }
                else if (running.Count == 0)
                {
                    return ConnectResult.Failed(new(RejectionReason.UpstreamConnectFailed, Summarise(faults)));
                }

                // With the last attempt under way there is no next one to start, so the wait has no end of its own.
                var delay = next < order.Count ? AttemptDelay : Timeout.InfiniteTimeSpan;
                var finished = await FirstAsync(running, delay, stop.Token);
                if (finished is null)
                {
                    continue;
                }

                running.Remove(finished);
                var result = await finished;
                if (result.Connection is not null)
                {
                    return result;
                }

                faults.Add(result.Error.Detail);
            }
        }
        finally
        {
            // A loser may connect all the same, now or after the cancellation; nobody waits for it, but it is closed.
            stop.Cancel();
            foreach (var loser in running)
            {
                _ = DiscardAsync(loser);
            }
        }
    }

    /// <summary>Orders addresses so that the families take turns, the first one's first (RFC 8305, 4).</summary>
    internal static IReadOnlyList<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count < 2)
        {
            return addresses;
        }

        var preferred = new Queue<IPAddress>(addresses.Where(a => a.AddressFamily == addresses[0].AddressFamily));
        var others = new Queue<IPAddress>(addresses.Where(a => a.AddressFamily != addresses[0].AddressFamily));
        var order = new List<IPAddress>(addresses.Count);
        while (order.Count < addresses.Count)
        {
            if (preferred.TryDequeue(out var address))
            {
                order.Add(address);
            }

            if (others.TryDequeue(out address))
            {
                order.Add(address);
            }
        }

        return order;
    }

    // The first attempt that ended, or null when the delay is over.
    private async Task<Task<ConnectResult>?> FirstAsync(
        List<Task<ConnectResult>> running, TimeSpan delay, CancellationToken cancellationToken)
    {
        var first = Task.WhenAny(running);

        // The delay ends with the race's token too, so a factory that ignores the token cannot hold up the caller.
        await Task.WhenAny(first, Task.Delay(delay, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return first.IsCompleted ? await first : null;
    }

    private async Task<ConnectResult> AttemptAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        try
        {
            return ConnectResult.Of(await factory.ConnectAsync(endPoint, cancellationToken));
        }
        catch (Exception e) when (TransportFault.Is(e, cancellationToken))
        {
            return ConnectResult.Failed(new(
                RejectionReason.UpstreamConnectFailed, TransportFault.Describe(e, endPoint)));
        }
    }

    private static async Task DiscardAsync(Task<ConnectResult> loser)
    {
        try
        {
            if ((await loser).Connection is { } connection)
            {
                await connection.DisposeAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The usual end of a loser.
        }
    }

    private static string Summarise(List<string?> faults)
    {
        var reported = string.Join("; ", faults.Take(FaultsReportedMax));
        return faults.Count <= FaultsReportedMax
            ? reported
            : $"{reported}; and {faults.Count - FaultsReportedMax} more";
    }
}
