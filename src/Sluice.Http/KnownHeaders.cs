using System.Text;

namespace Sluice.Http;

/// <summary>Recognises field names.</summary>
public static class KnownHeaders
{
    /// <summary>
    /// The fields that concern one connection only and are never forwarded (RFC 9110, 7.6.1), as a mask of
    /// <c>1 &lt;&lt; KnownHeader</c>.
    /// </summary>
    public const ulong HopByHop =
        1UL << (int)KnownHeader.Connection
        | 1UL << (int)KnownHeader.KeepAlive
        | 1UL << (int)KnownHeader.ProxyConnection
        | 1UL << (int)KnownHeader.ProxyAuthorization
        | 1UL << (int)KnownHeader.TE
        | 1UL << (int)KnownHeader.TransferEncoding
        | 1UL << (int)KnownHeader.Upgrade;

    private const int LongestName = 22;

    /// <summary>The id of a field name, whatever its case; <see cref="KnownHeader.Other"/> for all others.</summary>
    public static KnownHeader Identify(ReadOnlySpan<byte> name)
    {
        if (name.Length >= 7 && (name[0] | 0x20) == 'c' && (name[1] | 0x20) == 'f' && name[2] == '-')
        {
            return IsGatewaySetting(name) ? KnownHeader.GatewaySetting : KnownHeader.Other;
        }

        // The length alone leaves at most three candidates, so that most names cost one switch and no comparison.
        return name.Length > LongestName
            ? KnownHeader.Other
            : name.Length switch
            {
                2 => Match(name, "te"u8, KnownHeader.TE),
                4 => Match(name, "host"u8, KnownHeader.Host, "date"u8, KnownHeader.Date),
                6 => Match(name, "accept"u8, KnownHeader.Accept, "expect"u8, KnownHeader.Expect),
                7 => Match(name, "upgrade"u8, KnownHeader.Upgrade),
                10 => Match(name, "connection"u8, KnownHeader.Connection, "keep-alive"u8, KnownHeader.KeepAlive),
                12 => Match(name, "content-type"u8, KnownHeader.ContentType),
                14 => Match(name, "content-length"u8, KnownHeader.ContentLength),
                16 => MatchSixteen(name),
                17 => Match(name, "transfer-encoding"u8, KnownHeader.TransferEncoding),
                22 => Match(name, "sec-websocket-protocol"u8, KnownHeader.SecWebSocketProtocol),
                19 => Match(name, "proxy-authorization"u8, KnownHeader.ProxyAuthorization),
                _ => KnownHeader.Other,
            };
    }

    private static bool IsGatewaySetting(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name[..7], "cf-aig-"u8)
        || Ascii.EqualsIgnoreCase(name, "cf-cache-ttl"u8)
        || Ascii.EqualsIgnoreCase(name, "cf-skip-cache"u8);

    private static KnownHeader MatchSixteen(ReadOnlySpan<byte> name)
    {
        var id = Match(
            name,
            "proxy-connection"u8, KnownHeader.ProxyConnection,
            "content-encoding"u8, KnownHeader.ContentEncoding);
        return id != KnownHeader.Other ? id : Match(name, "x-fal-target-url"u8, KnownHeader.FalTargetUrl);
    }

    private static KnownHeader Match(ReadOnlySpan<byte> name, ReadOnlySpan<byte> candidate, KnownHeader id) =>
        (name[0] | 0x20) == candidate[0] && Ascii.EqualsIgnoreCase(name, candidate) ? id : KnownHeader.Other;

    private static KnownHeader Match(
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> first,
        KnownHeader firstId,
        ReadOnlySpan<byte> second,
        KnownHeader secondId)
    {
        var id = Match(name, first, firstId);
        return id != KnownHeader.Other ? id : Match(name, second, secondId);
    }
}
