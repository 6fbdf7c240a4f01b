namespace Sluice.Http;

/// <summary>The head of a request (RFC 9112, 3), strict. See <see cref="MessageHead"/>.</summary>
/// <param name="limits">The largest sizes accepted.</param>
public sealed class RequestHead(HttpLimits limits) : MessageHead(limits)
{
    private int _methodStart;
    private int _methodLength;
    private int _targetStart;
    private int _targetLength;

    /// <summary>The method, as sent; methods are case-sensitive (RFC 9110, 9.1).</summary>
    public ReadOnlySpan<byte> Method => Slice(_methodStart, _methodLength);

    /// <summary>The request target, as sent.</summary>
    public ReadOnlySpan<byte> Target => Slice(_targetStart, _targetLength);

    /// <summary>Whether the method is HEAD, whose response has no body (RFC 9110, 9.3.2).</summary>
    public bool IsHead => Method.SequenceEqual("HEAD"u8);

    /// <summary>
    /// Whether the client keeps the connection open after this exchange (RFC 9112, 9.3).
    /// </summary>
    public bool KeepAlive => Version == HttpVersion.Http11
        ? !Headers.HasToken(KnownHeader.Connection, "close"u8)
        : Headers.HasToken(KnownHeader.Connection, "keep-alive"u8);

    /// <summary>
    /// Whether the client asks for another protocol on this connection (RFC 9110, 7.8). An upgrade to <c>h2c</c> is not
    /// counted: forwarded, it would open a tunnel around everything that the gateway checks.
    /// </summary>
    public bool WantsUpgrade =>
        Headers.Has(KnownHeader.Upgrade)
        && Version == HttpVersion.Http11
        && Headers.HasToken(KnownHeader.Connection, "upgrade"u8)
        && !Headers.HasToken(KnownHeader.Upgrade, "h2c"u8);

    /// <summary>Whether the client waits for a 100 before it sends the body (RFC 9110, 10.1.1).</summary>
    public bool ExpectsContinue => Headers.Has(KnownHeader.Expect) && Version == HttpVersion.Http11;

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _methodStart = _methodLength = _targetStart = _targetLength = 0;
    }

    private protected override ParseError LineTooLongError => ParseError.RequestLineTooLong;

    private protected override int FirstLineBytesMax => Limits.RequestLineBytesMax;

    private protected override bool SkipsEmptyLines => true;

    private protected override ParseError CheckStart(ReadOnlySpan<byte> received)
    {
        if (received.IsEmpty || received[0] is (byte)'\r')
        {
            return ParseError.None;
        }

        // A TLS record of type handshake, version 3.x (RFC 8446, 5.1): an https:// URL pointed at an http:// listener.
        if (received[0] == 0x16)
        {
            return received.Length == 1
                ? ParseError.None
                : received[1] == 3 ? ParseError.TlsHandshake : ParseError.InvalidMethod;
        }

        return HttpCharacters.Token.Contains(received[0]) ? ParseError.None : ParseError.InvalidMethod;
    }

    private protected override ParseError TakeFirstLine(ReadOnlySpan<byte> line, int offset)
    {
        var methodEnd = line.IndexOf((byte)' ');
        if (methodEnd <= 0)
        {
            return line.Contains((byte)'\r') ? ParseError.BareCarriageReturn : ParseError.InvalidRequestLine;
        }

        if (line[..methodEnd].ContainsAnyExcept(HttpCharacters.Token))
        {
            return ParseError.InvalidMethod;
        }

        var rest = line[(methodEnd + 1)..];
        var targetLength = rest.IndexOf((byte)' ');
        if (targetLength <= 0)
        {
            return ParseError.InvalidRequestLine;
        }

        var target = rest[..targetLength];
        var bad = target.IndexOfAny(HttpCharacters.NotInTarget);
        if (bad >= 0)
        {
            return target[bad] == '\r' ? ParseError.BareCarriageReturn : ParseError.InvalidTarget;
        }

        var error = TakeVersion(rest[(targetLength + 1)..]);
        if (error == ParseError.UnsupportedVersion && line.SequenceEqual("PRI * HTTP/2.0"u8))
        {
            return ParseError.Http2Preface;
        }

        _methodStart = offset;
        _methodLength = methodEnd;
        _targetStart = offset + methodEnd + 1;
        _targetLength = targetLength;
        return error;
    }

    private protected override ParseError CheckWhole()
    {
        if (ConnectionNominations.TooMany(Headers))
        {
            return ParseError.TooManyHeaders;
        }

        var hosts = Headers.CountOf(KnownHeader.Host);
        if (hosts > 1)
        {
            return ParseError.DuplicateHost;
        }

        if (hosts == 0)
        {
            return Version == HttpVersion.Http11 ? ParseError.MissingHost : ParseError.None;
        }

        Headers.TryGetValue(KnownHeader.Host, out var host);
        return host.ContainsAnyExcept(HttpCharacters.Host) ? ParseError.InvalidHost : ParseError.None;
    }

    private ParseError TakeVersion(ReadOnlySpan<byte> version)
    {
        if (version.SequenceEqual("HTTP/1.1"u8))
        {
            Version = HttpVersion.Http11;
            return ParseError.None;
        }

        if (version.Length != 8
            || !version.StartsWith("HTTP/"u8)
            || !HttpCharacters.IsDigit(version[5])
            || version[6] != '.'
            || !HttpCharacters.IsDigit(version[7]))
        {
            return version.Contains((byte)'\r') ? ParseError.BareCarriageReturn : ParseError.InvalidRequestLine;
        }

        Version = version[7] == '0' ? HttpVersion.Http10 : HttpVersion.Http11;
        return version[5] == '1' ? ParseError.None : ParseError.UnsupportedVersion;
    }
}
