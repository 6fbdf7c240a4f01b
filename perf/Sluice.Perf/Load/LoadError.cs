namespace Sluice.Perf.Load;

/// <summary>Every way in which an exchange can fail.</summary>
internal enum LoadError
{
    /// <summary>No connection.</summary>
    Connect,

    /// <summary>The connection ended before the answer was complete.</summary>
    Broken,

    /// <summary>The answer is not framed as HTTP/1.1 demands, or bytes follow its end.</summary>
    Framing,

    /// <summary>Another status than expected.</summary>
    Status,

    /// <summary>More or fewer body bytes than expected.</summary>
    Length,

    /// <summary>More or fewer events than expected, or a torn one at the end.</summary>
    Events,

    /// <summary>No complete answer in time.</summary>
    Timeout,
}
