namespace Sluice.Http;

/// <summary>
/// The fields that the engine itself looks at. At most 63, since a head keeps the set of those it has in one 64-bit
/// mask.
/// </summary>
public enum KnownHeader : byte
{
    /// <summary>Any field that the engine does not look at; it is forwarded as it is.</summary>
    Other,

    /// <summary><c>Accept</c></summary>
    Accept,

    /// <summary><c>Connection</c>, hop-by-hop (RFC 9110, 7.6.1).</summary>
    Connection,

    /// <summary><c>Content-Encoding</c></summary>
    ContentEncoding,

    /// <summary><c>Content-Length</c></summary>
    ContentLength,

    /// <summary><c>Content-Type</c></summary>
    ContentType,

    /// <summary><c>Date</c></summary>
    Date,

    /// <summary><c>Expect</c></summary>
    Expect,

    /// <summary>A field of the gateway's own: <c>cf-aig-*</c>, <c>cf-cache-ttl</c>, <c>cf-skip-cache</c>.</summary>
    GatewaySetting,

    /// <summary><c>Host</c></summary>
    Host,

    /// <summary><c>Keep-Alive</c>, hop-by-hop.</summary>
    KeepAlive,

    /// <summary><c>Proxy-Authorization</c>, meant for the proxy that reads it (RFC 9110, 11.7.2).</summary>
    ProxyAuthorization,

    /// <summary><c>Proxy-Connection</c>, hop-by-hop by usage.</summary>
    ProxyConnection,

    /// <summary><c>Sec-WebSocket-Protocol</c>, where browsers put the gateway's token.</summary>
    SecWebSocketProtocol,

    /// <summary><c>TE</c>, hop-by-hop.</summary>
    TE,

    /// <summary><c>Transfer-Encoding</c>, hop-by-hop.</summary>
    TransferEncoding,

    /// <summary><c>Upgrade</c>, hop-by-hop.</summary>
    Upgrade,

    /// <summary><c>x-fal-target-url</c>, which names the whole target of a request to fal.</summary>
    FalTargetUrl,
}
