using System.Net;
using Sluice.Perf.Load;
using Sluice.Perf.Upstream;

namespace Sluice.Perf.SelfTest;

/// <summary>Checks of load and provider against each other.</summary>
internal static class LoadChecks
{
    public static IEnumerable<Check> All { get; } =
    [
        new("a closed loop gets its answers", ClosedLoopAsync),
        new("a 2 MB body arrives", LargeBodyAsync),
        new("streams are complete and on time", StreamsAsync),
        new("a schedule is kept, and waiting is charged", OpenLoopAsync),
        new("wrong answers are counted", WrongAnswersAsync),
    ];

    private static async Task<string?> ClosedLoopAsync(CancellationToken cancellation)
    {
        var reply = ReplySettings.Default with { BodyBytes = 2000 };
        var report = await RunAsync(
            reply, 1000, p => p with { ExpectedBytes = 2000, RequestsMax = 500 }, cancellation);
        return report.Tally is { Requests: 500, Errors: 0, Exchange.Count: 500 } ? null : Describe(report);
    }

    private static async Task<string?> LargeBodyAsync(CancellationToken cancellation)
    {
        var report = await RunAsync(ReplySettings.Default, 2_000_000, p => p with { RequestsMax = 20 }, cancellation);
        return report.Tally is { Requests: 20, Errors: 0 } ? null : Describe(report);
    }

    private static async Task<string?> StreamsAsync(CancellationToken cancellation)
    {
        var reply = ReplySettings.Default with { Tokens = 10, TtftMs = 30, DelayMs = 5 };
        var report = await RunAsync(reply, 1000, p => p with { ExpectedEvents = 10, RequestsMax = 8 }, cancellation);
        var tally = report.Tally;
        return tally is { Requests: 8, Errors: 0, ContentEvents: 80, Ttft.Count: 8, Gap.Count: 72 }
            && tally.Events == 8 * (10 + ReplyBytes.EventsWithoutContent) && tally.ChunksOfOneEvent == tally.Events
            && tally.Ttft.PercentileNs(1) >= 29_000_000 && tally.Exchange.PercentileNs(1) >= 74_000_000
            ? null
            : Describe(report);
    }

    private static async Task<string?> OpenLoopAsync(CancellationToken cancellation)
    {
        // One connection can give 50 answers a second; of 100 a second the last has waited for about half of the time.
        var slow = ReplySettings.Default with { TtftMs = 20 };
        var report = await RunAsync(
            slow,
            1000,
            p => p with { Connections = 1, Rate = 100, Duration = TimeSpan.FromSeconds(0.5) },
            cancellation);
        return report.Tally is { Errors: 0, Exchange: { Count: 50, MaxNs: > 400_000_000 } } ? null : Describe(report);
    }

    private static async Task<string?> WrongAnswersAsync(CancellationToken cancellation)
    {
        var length = await RunAsync(
            ReplySettings.Default, 1000, p => p with { ExpectedBytes = 1, RequestsMax = 4 }, cancellation);
        var status = await RunAsync(
            ReplySettings.Default, 1000, p => p with { ExpectedStatus = 201, RequestsMax = 4 }, cancellation);
        return length.Tally is { Errors: 4, Requests: 0 } && status.Tally is { Errors: 4, Requests: 0 }
            ? null
            : Describe(length) + Describe(status);
    }

    private static async Task<LoadReport> RunAsync(
        ReplySettings reply, int bodyBytes, Func<LoadPlan, LoadPlan> change, CancellationToken cancellation)
    {
        using var provider = new ProviderServer(new IPEndPoint(IPAddress.Loopback, 0), 1, ReplySettings.Default);
        var target = new Uri($"http://{provider.EndPoint}/v1/messages");
        var plan = new LoadPlan
        {
            EndPoint = provider.EndPoint,
            Request = RequestBytes.Make(target, bodyBytes, reply.Tokens > 0, RequestBytes.HeadersFor(reply)),
            Connections = 4,
            Threads = 1,
        };
        return await LoadRunner.RunAsync(change(plan), cancellation);
    }

    private static string Describe(LoadReport report)
    {
        using var text = new StringWriter();
        report.Write(text);
        return text.ToString();
    }
}
