using System.Globalization;
using System.Net;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// Decides which upstreams are reached through which proxy. Immutable. The forms of <c>NO_PROXY</c> are those that
/// curl, Go and Python understand between them, because one variable serves all programs of a machine.
/// </summary>
internal sealed class ProxySelector
{
    private readonly Uri? _httpProxy;
    private readonly Uri? _httpsProxy;
    private readonly List<Exemption> _exemptions = [];
    private readonly bool _exemptsAll;

    /// <param name="options">The proxies and the exemptions.</param>
    public ProxySelector(UpstreamOptions options)
    {
        _httpProxy = options.HttpProxy;
        _httpsProxy = options.HttpsProxy;
        var entries = options.NoProxy.Split(
            [',', ' ', '\t'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var entry in entries)
        {
            _exemptsAll |= entry == "*";
            _exemptions.Add(Exemption.Parse(entry.ToLowerInvariant()));
        }
    }

    /// <summary>The proxy for an address; null where it is reached directly.</summary>
    public Uri? For(UpstreamAddress address)
    {
        var proxy = address.IsTls ? _httpsProxy : _httpProxy;
        return proxy is null || _exemptsAll || IsExempt(address) ? null : proxy;
    }

    private bool IsExempt(UpstreamAddress address)
    {
        var host = address.Host.TrimEnd('.');
        var ip = IPAddress.TryParse(host, out var parsed) ? Unmapped(parsed) : null;
        if (ip is not null ? IPAddress.IsLoopback(ip) : IsNameWithin(host, "localhost"))
        {
            return true;
        }

        foreach (var exemption in _exemptions)
        {
            if (exemption.Covers(host, ip, address.Port))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNameWithin(string host, string domain) =>
        host.EndsWith(domain, StringComparison.Ordinal)
        && (host.Length == domain.Length || host[host.Length - domain.Length - 1] == '.');

    // An IPv4 address in its IPv6 form is the same machine, so it falls under the same rules.
    private static IPAddress Unmapped(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    // One entry of NO_PROXY. Either Name is set, or Network with PrefixBits; Port is null for all ports.
    private readonly record struct Exemption(string? Name, byte[]? Network, int PrefixBits, int? Port)
    {
        public static Exemption Parse(string entry)
        {
            // IPAddress takes "[::1]:80" for an address and drops the port, so brackets are dealt with below.
            if (!entry.StartsWith('[') && TryParseNetwork(entry, port: null) is { } network)
            {
                return network;
            }

            // What follows the last colon is a port if it is a number; a bare IPv6 address was taken above.
            int? port = null;
            var colon = entry.LastIndexOf(':');
            if (colon > 0 && int.TryParse(
                entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                port = number;
                entry = entry[..colon];
            }

            if (TryParseNetwork(entry.Trim('[', ']'), port) is { } withPort)
            {
                return withPort;
            }

            var name = entry.StartsWith("*.", StringComparison.Ordinal) ? entry[2..] : entry;
            return new Exemption(name.Trim('.'), null, 0, port);
        }

        public bool Covers(string host, IPAddress? ip, int port)
        {
            if (Port is { } only && only != port)
            {
                return false;
            }

            if (Network is null)
            {
                return ip is null && Name!.Length > 0 && IsNameWithin(host, Name);
            }

            return ip is not null && HasPrefix(ip.GetAddressBytes(), Network, PrefixBits);
        }

        private static Exemption? TryParseNetwork(string text, int? port)
        {
            var slash = text.IndexOf('/', StringComparison.Ordinal);
            if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
            {
                return null;
            }

            var bytes = Unmapped(address).GetAddressBytes();
            var bits = bytes.Length * 8;
            if (slash < 0)
            {
                return new Exemption(null, bytes, bits, port);
            }

            return int.TryParse(
                    text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefixBits)
                && prefixBits <= bits
                    ? new Exemption(null, bytes, prefixBits, port)
                    : null;
        }

        private static bool HasPrefix(ReadOnlySpan<byte> address, ReadOnlySpan<byte> network, int bits)
        {
            if (address.Length != network.Length || !address[..(bits / 8)].SequenceEqual(network[..(bits / 8)]))
            {
                return false;
            }

            var rest = bits % 8;
            return rest == 0 || (address[bits / 8] ^ network[bits / 8]) >> (8 - rest) == 0;
        }
    }
}
