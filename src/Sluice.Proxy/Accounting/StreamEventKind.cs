namespace Sluice.Proxy.Accounting;

/// <summary>What an event of a stream means, told by its name.</summary>
internal enum StreamEventKind
{
    /// <summary>No name of a known protocol.</summary>
    Unknown,

    /// <summary>A known protocol's, neither content nor end.</summary>
    Progress,

    /// <summary>More of the answer, which may be empty.</summary>
    Delta,

    /// <summary>The protocol's end.</summary>
    End,

    /// <summary>The protocol's end, which says that the answer failed.</summary>
    FailedEnd,

    /// <summary>An error, after which no end comes.</summary>
    Error,
}
