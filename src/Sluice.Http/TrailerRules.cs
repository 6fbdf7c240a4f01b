using System.Text;

namespace Sluice.Http;

/// <summary>
/// Which fields a trailer section may have. A reader that merges trailers into the head must find neither framing nor
/// routing nor authentication there (RFC 9110, 6.5.1).
/// </summary>
internal static class TrailerRules
{
    private const ulong Forbidden = KnownHeaders.HopByHop
        | 1UL << (int)KnownHeader.ContentLength
        | 1UL << (int)KnownHeader.Host
        | 1UL << (int)KnownHeader.Expect
        | 1UL << (int)KnownHeader.ContentType
        | 1UL << (int)KnownHeader.ContentEncoding
        | 1UL << (int)KnownHeader.GatewaySetting;

    /// <summary>Whether a field may stand in a trailer section.</summary>
    /// <param name="id">Which field it is.</param>
    /// <param name="name">Its name as sent.</param>
    public static bool Allows(KnownHeader id, ReadOnlySpan<byte> name) =>
        (Forbidden & 1UL << (int)id) == 0
        && !Ascii.EqualsIgnoreCase(name, "authorization"u8)
        && !Ascii.EqualsIgnoreCase(name, "cookie"u8)
        && !Ascii.EqualsIgnoreCase(name, "set-cookie"u8)
        && !Ascii.EqualsIgnoreCase(name, "x-api-key"u8)
        && !Ascii.EqualsIgnoreCase(name, "api-key"u8)
        && !Ascii.EqualsIgnoreCase(name, "x-goog-api-key"u8);
}
