using Sluice.Perf.CommandLine;
using Sluice.Perf.Measuring;
using Sluice.Perf.Upstream;

namespace Sluice.Perf.Load;

/// <summary><c>load</c>: sends requests to one server and reports what came back.</summary>
internal static class LoadCommand
{
    public static Command Command { get; } = new(
        "load",
        "Loads an HTTP/1.1 server on this machine. Without --rate each connection sends as soon as it has its\n" +
        "answer; with --rate requests are due on a fixed schedule, and times count from when a request was due.\n" +
        "The answer is asked of the provider double with x-sim-* headers; a gateway in between forwards them.",
        [
            .. TargetOptions.All,
            new Option("--connections", "N", "Keep-alive connections.", "32"),
            new Option("--rate", "N", "Requests a second; 0 for as many as possible.", "0"),
            new Option("--seconds", "N", "Length of the measurement.", "10"),
            new Option("--warm-up", "SECONDS", "Load before the measurement.", "1"),
            new Option("--requests", "N", "Ends the measurement after so many requests; 0 for no limit.", "0"),
            new Option("--ramp", "SECONDS", "Connections begin at random moments of this time.", "0"),
            new Option("--timeout", "SECONDS", "Longest exchange.", "30"),
            new Option("--drain", "SECONDS", "How long to wait for answers after the measurement.", "5"),
            .. ReplyOptions.All,
            new Option("--expect-status", "N", "Status of a correct answer.", "200"),
            new Option("--expect-bytes", "N", "Body bytes of a correct answer; any number when not given."),
            new Option("--expect-events", "N", "Content events of a correct answer; those asked for when not given."),
            new Option("--json", "FILE", "Also writes the result to a file."),
        ],
        RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellation)
    {
        var (target, endPoint) = TargetOptions.ReadTarget(arguments);
        var reply = ReplyOptions.Read(arguments);
        var headers = TargetOptions.ReadHeaders(arguments).Concat(RequestBytes.HeadersFor(reply));
        var plan = new LoadPlan
        {
            EndPoint = endPoint,
            Request = RequestBytes.Make(target, TargetOptions.ReadBodyBytes(arguments), reply.Tokens > 0, headers),
            Connections = arguments.Whole("--connections", 1),
            Threads = TargetOptions.ReadThreads(arguments),
            Rate = arguments.Number("--rate"),
            Duration = arguments.Seconds("--seconds"),
            WarmUp = arguments.Seconds("--warm-up"),
            RequestsMax = arguments.Whole("--requests", 0),
            Ramp = arguments.Seconds("--ramp"),
            Timeout = arguments.Seconds("--timeout"),
            Drain = arguments.Seconds("--drain"),
            ExpectedStatus = arguments.Whole("--expect-status", 100),
            ExpectedBytes = arguments.WholeOrNull("--expect-bytes", 0),
            ExpectedEvents = arguments.WholeOrNull("--expect-events", 0) ?? (reply.Tokens > 0 ? reply.Tokens : null),
        };
        if (plan.Connections < plan.Threads)
        {
            throw new UsageException("--threads may not exceed --connections.");
        }

        var report = await LoadRunner.RunAsync(plan, cancellation);
        report.Write(Console.Out);
        if (arguments.Text("--json") is { } file)
        {
            JsonFile.Write(file, report.ToJson());
        }

        return report.Tally.Errors == 0 && report.Tally.Exchange.Count + report.Tally.ContentEvents > 0 ? 0 : 1;
    }
}
