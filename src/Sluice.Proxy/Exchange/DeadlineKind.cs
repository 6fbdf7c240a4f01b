namespace Sluice.Proxy.Exchange;

/// <summary>What a connection is waiting for when its deadline passes.</summary>
internal enum DeadlineKind
{
    /// <summary>Nothing that has a limit.</summary>
    None,

    /// <summary>The first byte of the next request.</summary>
    KeepAlive,

    /// <summary>The rest of a request's head.</summary>
    RequestHead,

    /// <summary>More of a request's body.</summary>
    RequestBody,

    /// <summary>The beginning of a response.</summary>
    ResponseHead,

    /// <summary>More of a response.</summary>
    ResponseIdle,

    /// <summary>The client, to take what was written.</summary>
    ClientWrite,

    /// <summary>The client, to stop sending what nobody reads any more.</summary>
    Linger,

    /// <summary>The client, to take the rest of what was written to a connection that is over.</summary>
    Close,
}
