using System.Globalization;
using System.Text;

namespace Sluice.Proxy.Model;

/// <summary>
/// Where connections to an upstream go: scheme, host and port. Immutable and compared by value, so that all providers
/// at one address share its connections.
/// </summary>
internal sealed class UpstreamAddress : IEquatable<UpstreamAddress>
{
    private readonly int _hash;

    /// <param name="host">Host name or IP address, an IPv6 address without brackets.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="isTls">Whether the connection is encrypted.</param>
    public UpstreamAddress(string host, int port, bool isTls)
    {
        Host = host.ToLowerInvariant();
        Port = port;
        IsTls = isTls;
        var bracketed = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        Authority = $"{bracketed}:{port.ToString(CultureInfo.InvariantCulture)}";
        var isDefaultPort = port == (isTls ? 443 : 80);
        HostHeader = Encoding.ASCII.GetBytes(isDefaultPort ? bracketed : Authority);
        _hash = HashCode.Combine(Host, port, isTls);
    }

    /// <summary>Host name in lower case, or IP address.</summary>
    public string Host { get; }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsTls { get; }

    /// <summary>Host and port, as CONNECT wants them (RFC 9110, 9.3.6).</summary>
    public string Authority { get; }

    /// <summary>The value of <c>Host</c>: the port is left out where it is the scheme's own (RFC 9110, 7.2).</summary>
    public ReadOnlyMemory<byte> HostHeader { get; }

    /// <inheritdoc/>
    public bool Equals(UpstreamAddress? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Port == other.Port && IsTls == other.IsTls && Host == other.Host);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UpstreamAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public override string ToString() => $"{(IsTls ? "https" : "http")}://{Authority}";
}
