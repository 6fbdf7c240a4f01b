namespace Sluice.Proxy.Exchange;

/// <summary>How an exchange ended, as it is logged.</summary>
internal enum ExchangeOutcome
{
    /// <summary>The response reached the client whole.</summary>
    Complete,

    /// <summary>The gateway answered by itself; the upstream was not asked or did not answer.</summary>
    Rejected,

    /// <summary>The client went away.</summary>
    ClientCancelled,

    /// <summary>The response broke off at the upstream.</summary>
    UpstreamTruncated,

    /// <summary>A limit of time ended it in the middle of the response.</summary>
    TimedOut,

    /// <summary>The connection became a tunnel, which has ended.</summary>
    Tunnelled,

    /// <summary>The process ended.</summary>
    Shutdown,
}
