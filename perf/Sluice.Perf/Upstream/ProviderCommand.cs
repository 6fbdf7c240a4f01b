using Sluice.Perf.CommandLine;
using Sluice.Perf.Sockets;

namespace Sluice.Perf.Upstream;

/// <summary><c>provider</c>: runs the provider double until it is interrupted.</summary>
internal static class ProviderCommand
{
    public static Command Command { get; } = new(
        "provider",
        "Runs a simulated LLM provider that answers any path in the manner of Anthropic's Messages API.\n" +
        "A request chooses its answer with headers, or query parameters, x-sim-ttft-ms, x-sim-delay-ms,\n" +
        "x-sim-tokens, x-sim-event-bytes and x-sim-body-bytes; the options are what holds without them.",
        [
            new Option("--listen", "ADDRESS", "Loopback address and port; port 0 takes a free one.", "127.0.0.1:9000"),
            new Option("--threads", "N", "Threads that serve.", "1"),
            .. ReplyOptions.All,
        ],
        RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellation)
    {
        var endPoint = LoopbackAddress.Parse(arguments.Required("--listen"));
        using var server = new ProviderServer(endPoint, arguments.Whole("--threads", 1), ReplyOptions.Read(arguments));
        Console.WriteLine($"provider listening on http://{server.EndPoint}");
        await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return 0;
    }
}
