namespace Sluice.Perf.Upstream;

/// <summary>Where a <see cref="RequestReader"/> stands.</summary>
internal enum RequestState
{
    Head,
    FixedBody,
    ChunkedBody,
    Complete,
    Malformed,
}
