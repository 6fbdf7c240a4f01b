namespace Sluice.Proxy.Exchange;

/// <summary>
/// Why an exchange was ended before its time. The first reason wins: what fails afterwards fails because of it.
/// </summary>
internal enum ExchangeEnd
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The client closed or reset its connection.</summary>
    ClientCancelled,

    /// <summary>The client's request body breaks its framing.</summary>
    RequestBodyInvalid,

    /// <summary>The client's request body is longer than the limit.</summary>
    RequestBodyTooLong,

    /// <summary>The client stopped sending its request body.</summary>
    RequestBodyTimeout,

    /// <summary>The client stopped taking its response.</summary>
    ClientWriteTimeout,

    /// <summary>No response began within the limit.</summary>
    ResponseHeadTimeout,

    /// <summary>The upstream was silent within its response for longer than the limit.</summary>
    ResponseIdleTimeout,

    /// <summary>The process ends.</summary>
    Shutdown,
}
