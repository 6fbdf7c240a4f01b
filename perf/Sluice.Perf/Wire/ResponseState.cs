namespace Sluice.Perf.Wire;

/// <summary>Where a <see cref="ResponseReader"/> stands.</summary>
internal enum ResponseState
{
    Head,
    FixedBody,
    ChunkedBody,
    Complete,

    /// <summary>Not HTTP/1.1, or a body whose end cannot be told.</summary>
    Malformed,
}
