using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Sluice.Configuration;

/// <summary>Where a listener binds: a URL with an address, <c>localhost</c> or <c>*</c> as its host.</summary>
public sealed record ListenAddress
{
    private ListenAddress(bool isTls, IPAddress? address, string host, int port)
    {
        IsTls = isTls;
        Address = address;
        Host = host;
        Port = port;
    }

    /// <summary>Whether connections are encrypted.</summary>
    public bool IsTls { get; }

    /// <summary>
    /// The address; null for <c>localhost</c>, which is both loopback addresses, and for <c>*</c>, which is all.
    /// </summary>
    public IPAddress? Address { get; }

    /// <summary>The host as it stands in the URL, an IPv6 address in brackets.</summary>
    public string Host { get; }

    /// <summary>The port; 0 lets the kernel choose.</summary>
    public int Port { get; }

    /// <summary>Whether it binds to all addresses of the machine.</summary>
    public bool IsAny => Host == "*" || IPAddress.Any.Equals(Address) || IPAddress.IPv6Any.Equals(Address);

    /// <summary>Whether it binds to both loopback addresses.</summary>
    public bool IsLocalhost => Host == "localhost";

    /// <summary>Reads a URL.</summary>
    /// <exception cref="FormatException">It is not the URL of a listener.</exception>
    public static ListenAddress Parse(string url) =>
        TryParse(url, out var address, out var problem) ? address : throw new FormatException($"\"{url}\" {problem}");

    /// <summary>Reads a URL.</summary>
    /// <param name="url">As <c>http://127.0.0.1:8787</c>, <c>https://*:8443</c> or <c>http://[::1]:0</c>.</param>
    /// <param name="address">Where to bind.</param>
    /// <param name="problem">What is wrong.</param>
    public static bool TryParse(
        string url,
        [NotNullWhen(true)] out ListenAddress? address,
        [NotNullWhen(false)] out string? problem)
    {
        address = null;
        var text = url.Trim().TrimEnd('/');
        var isTls = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (!isTls && !text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            problem = "must begin with http:// or https://";
            return false;
        }

        var authority = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        if (authority.AsSpan().ContainsAny("/?#@ "))
        {
            problem = "must be scheme, address and port only, as http://127.0.0.1:8787";
            return false;
        }

        // A colon inside brackets belongs to the address.
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > authority.LastIndexOf(']');
        var host = hasPort ? authority[..colon] : authority;
        var port = isTls ? 443 : 80;
        if (hasPort && !TryParsePort(authority.AsSpan(colon + 1), out port))
        {
            problem = "has no valid port: it must be between 0 and 65535";
            return false;
        }

        return TryCreate(isTls, host.ToLowerInvariant(), port, out address, out problem);
    }

    /// <summary>The URL.</summary>
    public override string ToString() => ToUrl(Host, Port);

    /// <summary>The URL under which a client on this machine reaches the listener.</summary>
    /// <param name="boundPort">The port that was bound.</param>
    public string ToLocalUrl(int boundPort) =>
        ToUrl(!IsAny ? Host : IsTls ? "localhost" : "127.0.0.1", boundPort);

    private static bool TryCreate(
        bool isTls,
        string host,
        int port,
        [NotNullWhen(true)] out ListenAddress? address,
        [NotNullWhen(false)] out string? problem)
    {
        address = null;
        problem = null;
        if (host is "*" or "+" or "localhost")
        {
            if (host == "localhost" && port == 0)
            {
                problem = "must have a port: localhost is two addresses, which cannot share one of the kernel's "
                    + "choice; take 127.0.0.1 for that";
                return false;
            }

            address = new ListenAddress(isTls, null, host == "+" ? "*" : host, port);
            return true;
        }

        var isBracketed = host is ['[', .., ']'];
        if (!IPAddress.TryParse(isBracketed ? host[1..^1] : host, out var parsed)
            || isBracketed != (parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6))
        {
            problem = $"has \"{host}\" as its host: it must be an IPv4 address, an IPv6 address in brackets, "
                + "localhost, or * for all";
            return false;
        }

        address = new ListenAddress(isTls, parsed, isBracketed ? $"[{parsed}]" : parsed.ToString(), port);
        return true;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort;

    private string ToUrl(string host, int port) => string.Create(
        CultureInfo.InvariantCulture, $"{(IsTls ? "https" : "http")}://{host}:{port}");
}
