namespace Sluice.Configuration;

/// <summary>How upstreams are reached, and how long they are waited for.</summary>
public sealed record UpstreamSettings
{
    /// <summary>Milliseconds for name look-up, TCP, proxy and TLS together.</summary>
    /// <value>Default 15,000.</value>
    public int ConnectTimeoutMs { get; set; } = 15_000;

    /// <summary>Milliseconds from the whole request sent to the first byte of the response.</summary>
    /// <value>
    /// Default 900,000 (15 minutes): a thinking model's answer without streaming is silent until it is done.
    /// </value>
    public int ResponseHeadTimeoutMs { get; set; } = 900_000;

    /// <summary>Milliseconds between two reads of a response body.</summary>
    /// <value>Default 600,000 (10 minutes).</value>
    public int ResponseIdleTimeoutMs { get; set; } = 600_000;

    /// <summary>Milliseconds for which an unused connection is kept.</summary>
    /// <value>Default 60,000.</value>
    public int IdleConnectionTimeoutMs { get; set; } = 60_000;

    /// <summary>Unused connections kept for one address.</summary>
    /// <value>Default 512. Zero: none is kept.</value>
    public int IdleConnectionsMax { get; set; } = 512;

    /// <summary>Milliseconds for which a name look-up is good.</summary>
    /// <value>Default 30,000. Zero: each connection asks anew.</value>
    public int DnsRefreshMs { get; set; } = 30_000;

    /// <summary>The proxy that upstreams are reached through, as a URL.</summary>
    /// <value>
    /// Default null: what <c>HTTPS_PROXY</c>, <c>http_proxy</c> and <c>ALL_PROXY</c> say. Empty: none, whatever they
    /// say.
    /// </value>
    public string? Proxy { get; set; }

    /// <summary>
    /// Hosts that are reached without the proxy: comma-separated names, addresses, CIDR ranges, or <c>*</c>.
    /// </summary>
    /// <value>Default null: what <c>NO_PROXY</c> says. Empty: none, whatever it says.</value>
    public string? NoProxy { get; set; }

    /// <summary>A PEM file with certificates that are trusted besides the system's.</summary>
    /// <value>Default null: none.</value>
    public string? CaBundle { get; set; }
}
