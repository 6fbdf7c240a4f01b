using Sluice.Perf.CommandLine;

namespace Sluice.Perf.Upstream;

/// <summary>The options that choose an answer of the provider double; the same for all commands that do.</summary>
internal static class ReplyOptions
{
    private const string Ttft = "--ttft-ms";
    private const string Delay = "--delay-ms";
    private const string Tokens = "--tokens";
    private const string EventBytes = "--event-bytes";
    private const string BodyBytes = "--reply-bytes";

    public static IReadOnlyList<Option> All { get; } =
    [
        new(Ttft, "MS", "Time to the first content event, or to the JSON answer.", "0"),
        new(Delay, "MS", "Time between content events.", "0"),
        new(Tokens, "N", "Content events of a stream; 0 answers with JSON.", "0"),
        new(EventBytes, "N", "Size of a content event.", "160"),
        new(BodyBytes, "N", "Size of a JSON answer.", "1024"),
    ];

    /// <summary>The answer that the options choose; sizes that no valid answer can have are refused.</summary>
    public static ReplySettings Read(Arguments arguments)
    {
        var minimum = ReplyBytes.SizesMin;
        return new ReplySettings(
            arguments.Number(Ttft),
            arguments.Number(Delay),
            arguments.Whole(Tokens, 0),
            arguments.Whole(EventBytes, minimum.Event),
            arguments.Whole(BodyBytes, minimum.Body));
    }
}
