namespace Sluice.Proxy.Diagnostics;

/// <summary>
/// The ids of all log messages, in blocks per area. An id keeps its meaning for good: operators build alerts on it.
/// </summary>
internal static class EventIds
{
    // 1000: connections of clients.

    /// <summary>A client began with HTTP/2.</summary>
    public const int Http2Refused = 1000;

    /// <summary>A client began a TLS handshake with a plaintext listener.</summary>
    public const int TlsOnPlaintext = 1001;

    /// <summary>A fault in the gateway ended a connection.</summary>
    public const int ConnectionFault = 1002;

    // 2000: connections to upstreams.

    // 3000: exchanges.

    /// <summary>An exchange is over.</summary>
    public const int ExchangeEnded = 3000;

    /// <summary>Exchanges were not logged.</summary>
    public const int RecordsDropped = 3001;
}
