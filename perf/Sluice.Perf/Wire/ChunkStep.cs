namespace Sluice.Perf.Wire;

/// <summary>What <see cref="ChunkReader"/> found next.</summary>
internal enum ChunkStep
{
    NeedMoreData,

    /// <summary>Bytes of a chunk, perhaps not all of it.</summary>
    Payload,

    /// <summary>The end of a chunk that had bytes.</summary>
    ChunkEnd,

    /// <summary>The last chunk and the trailer have been read.</summary>
    Complete,

    Malformed,
}
