namespace Sluice.Proxy.Accounting;

/// <summary>Whether a stream of events reached the end that its own protocol demands.</summary>
internal enum StreamEnd
{
    /// <summary>Not an event stream of a known protocol: only its framing says where it ends.</summary>
    Unknown,

    /// <summary>Events of a known protocol, and not the last one.</summary>
    Missing,

    /// <summary>The last event is there.</summary>
    Reached,
}
