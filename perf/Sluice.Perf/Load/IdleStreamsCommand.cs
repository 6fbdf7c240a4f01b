using System.Globalization;
using Sluice.Perf.CommandLine;
using Sluice.Perf.Measuring;
using Sluice.Perf.Upstream;

namespace Sluice.Perf.Load;

/// <summary><c>idle-streams</c>: what an open stream costs a server in memory.</summary>
internal static class IdleStreamsCommand
{
    /// <summary>So many events that no stream ends while it is measured.</summary>
    public const int EndlessTokens = 100_000;

    public static Command Command { get; } = new(
        "idle-streams",
        "Holds streams open through a server, each with a slow event, and reports its memory and the bytes per\n" +
        "stream. The upstream of the server must be the provider double.",
        [
            .. TargetOptions.All,
            new Option("--pid", "PID", "The server's process; those below it count too."),
            new Option("--streams", "N,N", "Numbers of open streams, rising.", "1000,5000"),
            new Option("--delay-ms", "MS", "Time between the events of a stream.", "5000"),
            new Option("--settle", "SECONDS", "Rest before memory is read.", "2"),
            new Option("--json", "FILE", "Also writes the result to a file."),
        ],
        RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellation)
    {
        var (target, endPoint) = TargetOptions.ReadTarget(arguments);
        var reply = ReplySettings.Default with { Tokens = EndlessTokens, DelayMs = arguments.Number("--delay-ms") };
        var headers = TargetOptions.ReadHeaders(arguments).Concat(RequestBytes.HeadersFor(reply));
        var plan = new LoadPlan
        {
            EndPoint = endPoint,
            Request = RequestBytes.Make(target, TargetOptions.ReadBodyBytes(arguments), isStream: true, headers),
            Connections = 1,
            Threads = TargetOptions.ReadThreads(arguments),
        };
        var processId = Arguments.ParseWhole("--pid", arguments.Required("--pid"), 1);
        var server = new ProcessTree(processId);
        if (!server.IsAlive)
        {
            throw new UsageException(
                $"There is no process {processId}. Give --pid the process id of the server under load.");
        }

        var counts = arguments.List("--streams").Select(n => Arguments.ParseWhole("--streams", n, 1)).ToList();
        var settle = arguments.Seconds("--settle");
        var readings = await IdleStreams.MeasureAsync(plan, counts, server, settle, cancellation);
        Console.WriteLine($"{"streams",8}{"RSS MB",10}{"PSS MB",10}");
        foreach (var (streams, memory) in readings)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{streams,8}{memory.ResidentBytes / 1e6,10:N1}{memory.ProportionalBytes / 1e6,10:N1}"));
        }

        var slope = IdleStreams.BytesPerStream(readings);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bytes per stream: {slope:N0}"));
        if (arguments.Text("--json") is { } file)
        {
            JsonFile.Write(file, new { readings, bytes_per_stream = slope });
        }

        return 0;
    }
}
