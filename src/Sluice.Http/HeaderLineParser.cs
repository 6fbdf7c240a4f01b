namespace Sluice.Http;

/// <summary>Parses one field line (RFC 9112, 5); for heads and for trailer sections.</summary>
internal static class HeaderLineParser
{
    /// <summary>Parses a line that is not empty.</summary>
    /// <param name="line">The line without its CRLF.</param>
    /// <param name="offset">Where the line begins in the head.</param>
    /// <param name="header">The line as offsets, if the result is <see cref="ParseError.None"/>.</param>
    public static ParseError TryParse(ReadOnlySpan<byte> line, int offset, out HeaderLine header)
    {
        header = default;
        if (line[0] is (byte)' ' or (byte)'\t')
        {
            return ParseError.LineFolding;
        }

        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            return line.Contains((byte)'\r') ? ParseError.BareCarriageReturn : ParseError.InvalidHeaderName;
        }

        var name = line[..colon];
        var value = line[(colon + 1)..];
        if (name.ContainsAnyExcept(HttpCharacters.Token))
        {
            return name[^1] is (byte)' ' or (byte)'\t' && !name.TrimEnd(" \t"u8).ContainsAnyExcept(HttpCharacters.Token)
                ? ParseError.WhitespaceBeforeColon
                : ParseError.InvalidHeaderName;
        }

        var control = value.IndexOfAny(HttpCharacters.Controls);
        if (control >= 0)
        {
            return value[control] == '\r' ? ParseError.BareCarriageReturn : ParseError.InvalidHeaderValue;
        }

        var valueStart = colon + 1;
        var valueEnd = line.Length;
        while (valueStart < valueEnd && line[valueStart] is (byte)' ' or (byte)'\t')
        {
            valueStart++;
        }

        while (valueEnd > valueStart && line[valueEnd - 1] is (byte)' ' or (byte)'\t')
        {
            valueEnd--;
        }

        header = new HeaderLine(
            offset,
            colon,
            offset + valueStart,
            valueEnd - valueStart,
            offset + line.Length + 2,
            KnownHeaders.Identify(name));
        return ParseError.None;
    }
}
