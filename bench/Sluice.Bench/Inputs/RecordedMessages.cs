namespace Sluice.Bench.Inputs;

/// <summary>What Claude Code sends and what Anthropic answers, as it was on the wire.</summary>
internal static class RecordedMessages
{
    /// <summary>A request with 22 fields and a body of 76 KB.</summary>
    public static byte[] Request { get; } = Read("request");

    /// <summary>The head of <see cref="Request"/> alone.</summary>
    public static byte[] RequestHead { get; } = Request[..HeadLength(Request)];

    /// <summary>A streamed response in chunks, an event in each.</summary>
    public static byte[] Response { get; } = Read("response");

    /// <summary>The body of <see cref="Response"/> with its chunked framing.</summary>
    public static byte[] ChunkedBody { get; } = Response[HeadLength(Response)..];

    private static int HeadLength(byte[] message) => message.AsSpan().IndexOf("\r\n\r\n"u8) + 4;

    private static byte[] Read(string resource)
    {
        using var stream = typeof(RecordedMessages).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
