namespace Sluice.Proxy.Model;

/// <summary>How upstreams are reached and how long the engine waits for them. Compared by value on a reload.</summary>
internal sealed record UpstreamOptions
{
    /// <summary>Name look-up, TCP, proxy and TLS together. Default 15 s, then 504.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// From the whole request sent to the first byte of the response. Default 15 min: a non-streaming answer of a
    /// thinking model sends nothing until it is done, and clients give up after 10. Then 504.
    /// </summary>
    public TimeSpan ResponseHeadTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Between two reads of a response body. Default 10 min: long thinking may be silent for minutes. Then the response
    /// is cut.
    /// </summary>
    public TimeSpan ResponseIdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long an unused connection is kept. Default 60 s; what is learnt of an origin may shorten it.
    /// </summary>
    public TimeSpan IdleConnectionTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Unused connections kept for one address. Default 512.</summary>
    public int IdleConnectionsMax { get; init; } = 512;

    /// <summary>How long a name look-up is good for. Default 30 s.</summary>
    public TimeSpan DnsRefresh { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A proxy for plaintext upstreams, from <c>HTTP_PROXY</c>; null for none.</summary>
    public Uri? HttpProxy { get; init; }

    /// <summary>A proxy for TLS upstreams, from <c>HTTPS_PROXY</c>; null for none.</summary>
    public Uri? HttpsProxy { get; init; }

    /// <summary>
    /// Hosts that are reached without a proxy, in the form of <c>NO_PROXY</c>: comma-separated names, each of which
    /// also covers its subdomains, IP addresses and CIDR ranges, or <c>*</c>. Loopback never goes through a proxy.
    /// </summary>
    public string NoProxy { get; init; } = "";

    /// <summary>A PEM file with certificates that are trusted besides the system's; null for none.</summary>
    public string? CaBundle { get; init; }
}
