using System.Text;

namespace Sluice.Http;

/// <summary>
/// Decides where the body of a message ends (RFC 9112, 6.3). Every rule against request smuggling is in this file: a
/// message whose end two readers could see in two places is refused, never repaired.
/// </summary>
public static class MessageFraming
{
    /// <summary>
    /// The framing of a request's body, and the other rules about its body that the head alone decides.
    /// </summary>
    public static ParseError OfRequest(RequestHead head, out BodyFraming framing)
    {
        framing = BodyFraming.None;
        var headers = head.Headers;
        var error = TryReadLength(headers, out var length);
        if (error != ParseError.None)
        {
            return error;
        }

        if (headers.Has(KnownHeader.Expect) && head.Version == HttpVersion.Http11 && !ExpectsOnlyContinue(headers))
        {
            return ParseError.UnknownExpectation;
        }

        if (headers.Has(KnownHeader.TransferEncoding))
        {
            if (length is not null)
            {
                return ParseError.ConflictingFraming;
            }

            if (head.Version == HttpVersion.Http10)
            {
                return ParseError.TransferEncodingInHttp10;
            }

            framing = BodyFraming.Chunked;
            return CheckTransferEncoding(headers);
        }

        if (length is { } bytes)
        {
            framing = BodyFraming.OfLength(bytes);
            return ParseError.None;
        }

        // HTTP/1.0 had no other way to mark the end of a request than the length (RFC 1945, 7.2.2).
        return head.Version == HttpVersion.Http10 && CarriesBody(head.Method)
            ? ParseError.LengthRequired
            : ParseError.None;
    }

    /// <summary>The framing of a response's body.</summary>
    /// <param name="head">The response.</param>
    /// <param name="toHead">Whether it answers a HEAD request.</param>
    /// <param name="framing">The framing, if the result is <see cref="ParseError.None"/>.</param>
    public static ParseError OfResponse(ResponseHead head, bool toHead, out BodyFraming framing)
    {
        framing = BodyFraming.None;
        var headers = head.Headers;
        var error = TryReadLength(headers, out var length);
        if (error != ParseError.None)
        {
            return error;
        }

        var hasTransferEncoding = headers.Has(KnownHeader.TransferEncoding);
        if (hasTransferEncoding && length is not null)
        {
            return ParseError.ConflictingFraming;
        }

        if (toHead || head.Status < 200 || head.Status is 204 or 304)
        {
            return ParseError.None;
        }

        if (hasTransferEncoding)
        {
            framing = BodyFraming.Chunked;
            return head.Version == HttpVersion.Http10
                ? ParseError.TransferEncodingInHttp10
                : CheckTransferEncoding(headers);
        }

        framing = length is { } bytes ? BodyFraming.OfLength(bytes) : BodyFraming.UntilClose;
        return ParseError.None;
    }

    private static ParseError TryReadLength(HeaderTable headers, out long? length)
    {
        length = null;
        if (!headers.TryGetValue(KnownHeader.ContentLength, out var value))
        {
            return ParseError.None;
        }

        // Equal duplicates may be merged by RFC 9110, 8.6; no known client sends them, and a refusal cannot be misread.
        if (headers.CountOf(KnownHeader.ContentLength) > 1)
        {
            return ParseError.DuplicateContentLength;
        }

        if (value.Length is 0 or > 18)
        {
            return ParseError.InvalidContentLength;
        }

        long number = 0;
        foreach (var digit in value)
        {
            if (!HttpCharacters.IsDigit(digit))
            {
                return ParseError.InvalidContentLength;
            }

            number = (number * 10) + (digit - '0');
        }

        length = number;
        return ParseError.None;
    }

    private static ParseError CheckTransferEncoding(HeaderTable headers)
    {
        // The plain case first: one line that says "chunked".
        if (headers.CountOf(KnownHeader.TransferEncoding) == 1)
        {
            headers.TryGetValue(KnownHeader.TransferEncoding, out var value);
            if (Ascii.EqualsIgnoreCase(value, "chunked"u8))
            {
                return ParseError.None;
            }
        }

        // Anything else is refused; which refusal it is depends on where chunked stands (RFC 9112, 6.3, rule 4).
        var codings = 0;
        var chunked = 0;
        var endsInChunked = false;
        foreach (ref readonly var line in headers.Lines)
        {
            if (line.Id != KnownHeader.TransferEncoding)
            {
                continue;
            }

            var list = new TokenList(headers.Value(line));
            while (list.TryTake(out var coding))
            {
                codings++;
                endsInChunked = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
                chunked += endsInChunked ? 1 : 0;
                if (coding.ContainsAnyExcept(HttpCharacters.Token))
                {
                    return ParseError.InvalidTransferEncoding;
                }
            }
        }

        var onlyUnknown = codings > 0 && chunked == 0;
        var unknownThenChunked = codings > 1 && chunked == 1 && endsInChunked;
        return onlyUnknown || unknownThenChunked
            ? ParseError.UnsupportedTransferCoding
            : ParseError.InvalidTransferEncoding;
    }

    private static bool ExpectsOnlyContinue(HeaderTable headers) =>
        headers.CountOf(KnownHeader.Expect) == 1
        && headers.TryGetValue(KnownHeader.Expect, out var value)
        && Ascii.EqualsIgnoreCase(value, "100-continue"u8);

    private static bool CarriesBody(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("POST"u8) || method.SequenceEqual("PUT"u8) || method.SequenceEqual("PATCH"u8);
}
