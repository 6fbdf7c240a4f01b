using System.Text;

namespace Sluice.Http;

/// <summary>
/// The fields that a sender names in <c>Connection</c> as meant for this connection only; an intermediary removes them
/// (RFC 9110, 7.6.1).
/// </summary>
internal static class ConnectionNominations
{
    // Fields that decide framing or routing stay whatever a sender says of them: taking Content-Length off a
    // request that has a body would be request smuggling at the sender's wish. Date stays since a response must have
    // one (RFC 9110, 6.6.1).
    private const ulong Kept =
        1UL << (int)KnownHeader.ContentLength
        | 1UL << (int)KnownHeader.Host
        | 1UL << (int)KnownHeader.Date
        | 1UL << (int)KnownHeader.ContentType
        | 1UL << (int)KnownHeader.ContentEncoding;

    // Every field line is compared with every option: without a bound, one head of 64 KB with 30,000 options costs a
    // hundred milliseconds. Real clients send at most three.
    private const int OptionsMax = 32;

    /// <summary>Whether <c>Connection</c> has more options than are worth comparing with every field.</summary>
    public static bool TooMany(HeaderTable headers)
    {
        if (!headers.Has(KnownHeader.Connection))
        {
            return false;
        }

        var options = 0;
        foreach (ref readonly var line in headers.Lines)
        {
            if (line.Id != KnownHeader.Connection)
            {
                continue;
            }

            // Empty options count too: they are stepped over again for each field.
            options += 1 + headers.Value(line).Count((byte)',');
            if (options > OptionsMax)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether <c>Connection</c> names anything besides the options that every connection knows.</summary>
    public static bool Any(HeaderTable headers)
    {
        if (!headers.Has(KnownHeader.Connection))
        {
            return false;
        }

        foreach (ref readonly var line in headers.Lines)
        {
            if (line.Id != KnownHeader.Connection)
            {
                continue;
            }

            var list = new TokenList(headers.Value(line));
            while (list.TryTake(out var option))
            {
                if (!Ascii.EqualsIgnoreCase(option, "keep-alive"u8)
                    && !Ascii.EqualsIgnoreCase(option, "close"u8)
                    && !Ascii.EqualsIgnoreCase(option, "upgrade"u8))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a line is one of those named.</summary>
    public static bool Contains(HeaderTable headers, in HeaderLine line) =>
        (Kept & 1UL << (int)line.Id) == 0 && headers.HasToken(KnownHeader.Connection, headers.Name(line));
}
