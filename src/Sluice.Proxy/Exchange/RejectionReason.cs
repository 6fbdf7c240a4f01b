namespace Sluice.Proxy.Exchange;

/// <summary>
/// Every way in which the gateway itself refuses a request or gives up on it. What the client is told is in
/// <see cref="Rejections"/>.
/// </summary>
internal enum RejectionReason
{
    /// <summary>None.</summary>
    None,

    /// <summary>The head or its framing is malformed.</summary>
    BadRequest,

    /// <summary>The head did not arrive in time.</summary>
    RequestHeadTimeout,

    /// <summary>The body did not arrive in time.</summary>
    RequestBodyTimeout,

    /// <summary>A length is needed.</summary>
    LengthRequired,

    /// <summary>The body is too long.</summary>
    RequestBodyTooLong,

    /// <summary>The request line is too long.</summary>
    RequestLineTooLong,

    /// <summary>An expectation that is not known.</summary>
    ExpectationFailed,

    /// <summary>The head is too large.</summary>
    HeadTooLarge,

    /// <summary>A method or transfer coding that a gateway does not serve.</summary>
    NotImplemented,

    /// <summary>A version other than HTTP/1.x.</summary>
    VersionNotSupported,

    /// <summary>The body breaks its framing.</summary>
    RequestBodyInvalid,

    /// <summary>No proxy path.</summary>
    NotFound,

    /// <summary>No such gateway.</summary>
    UnknownGateway,

    /// <summary>No such provider.</summary>
    UnknownProvider,

    /// <summary>The path does not name a target of its provider.</summary>
    InvalidPath,

    /// <summary>A part of the contract that this version does not serve.</summary>
    Unsupported,

    /// <summary>The process ends.</summary>
    ShuttingDown,

    /// <summary>The upstream's name has no address.</summary>
    UpstreamNameNotResolved,

    /// <summary>The upstream cannot be connected to.</summary>
    UpstreamConnectFailed,

    /// <summary>The TLS handshake with the upstream failed.</summary>
    UpstreamTlsFailed,

    /// <summary>The proxy between the gateway and the upstream refused or failed.</summary>
    UpstreamProxyFailed,

    /// <summary>The upstream closed the connection before it answered.</summary>
    UpstreamClosed,

    /// <summary>The upstream's response is no HTTP, or its framing is ambiguous.</summary>
    UpstreamMalformed,

    /// <summary>The connection to the upstream was not there in time.</summary>
    UpstreamConnectTimeout,

    /// <summary>The upstream did not begin its response in time.</summary>
    UpstreamHeadTimeout,

    /// <summary>A fault in the gateway.</summary>
    InternalError,
}
