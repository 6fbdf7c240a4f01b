namespace Sluice.Http;

/// <summary>The largest sizes that the parsers accept. Immutable, so it may be shared by all connections.</summary>
public sealed record HttpLimits
{
    /// <summary>The limits that are used where nothing else is said.</summary>
    public static HttpLimits Default { get; } = new();

    /// <summary>
    /// Bytes of a request line. Default 16,384: signed URLs and Gemini keys in the query stay far below, and it is what
    /// nginx and HAProxy accept too.
    /// </summary>
    public int RequestLineBytesMax { get; init; } = 16 * 1024;

    /// <summary>
    /// Bytes of a whole head, the first line included. Default 65,536: coding agents send JSON metadata in headers, and
    /// a corporate single sign-on adds cookies of many kilobytes.
    /// </summary>
    public int HeadBytesMax { get; init; } = 64 * 1024;

    /// <summary>Field lines of one head. Default 256; real clients send fewer than 40.</summary>
    public int HeaderCountMax { get; init; } = 256;
}
