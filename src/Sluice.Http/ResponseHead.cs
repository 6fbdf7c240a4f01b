namespace Sluice.Http;

/// <summary>The head of a response (RFC 9112, 4), strict. See <see cref="MessageHead"/>.</summary>
/// <param name="limits">The largest sizes accepted.</param>
public sealed class ResponseHead(HttpLimits limits) : MessageHead(limits)
{
    private int _reasonStart;
    private int _reasonLength;

    /// <summary>The status code, 100 to 999.</summary>
    public int Status { get; private set; }

    /// <summary>The reason phrase, as sent; may be empty.</summary>
    public ReadOnlySpan<byte> Reason => Slice(_reasonStart, _reasonLength);

    /// <summary>Whether it is an interim response, after which another head follows (RFC 9110, 15.2).</summary>
    public bool IsInterim => Status < 200 && Status != 101;

    /// <summary>Whether the sender keeps the connection open after this response (RFC 9112, 9.3).</summary>
    public bool KeepAlive => Version == HttpVersion.Http11
        ? !Headers.HasToken(KnownHeader.Connection, "close"u8)
        : Headers.HasToken(KnownHeader.Connection, "keep-alive"u8);

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        Status = 0;
        _reasonStart = _reasonLength = 0;
    }

    private protected override ParseError LineTooLongError => ParseError.InvalidStatusLine;

    private protected override int FirstLineBytesMax => Limits.RequestLineBytesMax;

    private protected override bool SkipsEmptyLines => false;

    private protected override ParseError CheckStart(ReadOnlySpan<byte> received)
    {
        var compared = Math.Min(received.Length, 5);
        return received[..compared].SequenceEqual("HTTP/"u8[..compared])
            ? ParseError.None
            : ParseError.InvalidStatusLine;
    }

    private protected override ParseError TakeFirstLine(ReadOnlySpan<byte> line, int offset)
    {
        // "HTTP/1.1 200" without the space before an empty reason is common enough to be let pass.
        if (line.Length < 12
            || !line.StartsWith("HTTP/1."u8)
            || !HttpCharacters.IsDigit(line[7])
            || line[8] != ' '
            || !HttpCharacters.IsDigit(line[9])
            || !HttpCharacters.IsDigit(line[10])
            || !HttpCharacters.IsDigit(line[11])
            || line[9] == '0'
            || (line.Length > 12 && line[12] != ' '))
        {
            return ParseError.InvalidStatusLine;
        }

        Version = line[7] == '0' ? HttpVersion.Http10 : HttpVersion.Http11;
        Status = ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + (line[11] - '0');
        _reasonStart = offset + Math.Min(line.Length, 13);
        _reasonLength = Math.Max(0, line.Length - 13);
        return Reason.ContainsAny(HttpCharacters.Controls) ? ParseError.InvalidStatusLine : ParseError.None;
    }

    private protected override ParseError CheckWhole() =>
        ConnectionNominations.TooMany(Headers) ? ParseError.TooManyHeaders : ParseError.None;
}
