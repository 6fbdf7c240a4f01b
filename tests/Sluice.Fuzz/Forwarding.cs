using System.Text;
using Sluice.Fuzz.Reference;
using Sluice.Http;

namespace Sluice.Fuzz;

/// <summary>
/// What must be true of every forwarded message, judged by the reference reader: the product and the reference see the
/// same message, and the next recipient sees that message and no other. A message that was cut off or refused on the
/// way is never whole for the next recipient.
/// </summary>
internal static class Forwarding
{
    private const int ConnectionOptionsMax = 32;

    private static readonly string[] HopByHop =
    [
        "connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "transfer-encoding", "upgrade",
    ];

    private static readonly string[] NeverNominated =
        ["content-length", "host", "content-type", "content-encoding", "date"];

    private static readonly string[] NotInTrailers =
    [
        .. HopByHop, "content-length", "host", "expect", "content-type", "content-encoding",
        "authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-goog-api-key",
    ];

    /// <summary>Checks a request that <see cref="Forwarder.Request"/> was given.</summary>
    public static void CheckRequest(byte[] input, Forwarded forwarded)
    {
        var skipped = LeadingEmptyLines(input);
        var client = ReferenceMessageReader.ReadRequest(input.AsSpan(skipped));
        var upstream = ReferenceMessageReader.ReadRequest(forwarded.Written);
        if (forwarded.Status != ParseStatus.Complete)
        {
            CheckUnfinished(client, forwarded, upstream);
            return;
        }

        CheckBody(client, forwarded, upstream, ownChunks: true);
        FuzzFindingException.ThrowUnlessEqual(skipped + client.HeadLength, forwarded.HeadLength, "head length");
        FuzzFindingException.ThrowUnlessEqual(skipped + client.Length, forwarded.Consumed, "bytes of the request");
        var method = client.FirstLine[..client.FirstLine.IndexOf(' ', StringComparison.Ordinal)];
        FuzzFindingException.ThrowUnlessEqual(
            $"{method} {Forwarder.Target} HTTP/1.1", upstream.FirstLine, "request line");

        var expected = EndToEnd(client, isRequest: true)
            .Select(f => Is(f.Key, "host") ? new("Host", Forwarder.Host) : f).ToList();
        if (!client.Values("host").Any())
        {
            expected.Insert(0, new("Host", Forwarder.Host));
        }

        CheckFields(expected, upstream, forwarded.Framing.Kind == BodyKind.Chunked);
    }

    /// <summary>Checks a response that <see cref="Forwarder.Response"/> was given.</summary>
    public static void CheckResponse(byte[] input, Forwarded forwarded, bool toHead)
    {
        var upstream = ReferenceMessageReader.ReadResponse(input, toHead);
        var client = ReferenceMessageReader.ReadResponse(forwarded.Written, toHead);
        if (forwarded.Status != ParseStatus.Complete)
        {
            CheckUnfinished(upstream, forwarded, client);
            return;
        }

        CheckBody(upstream, forwarded, client, ownChunks: forwarded.Framing.Kind != BodyKind.UntilClose);
        FuzzFindingException.ThrowUnlessEqual(upstream.HeadLength, forwarded.HeadLength, "head length");
        FuzzFindingException.ThrowUnlessEqual(upstream.Length, forwarded.Consumed, "bytes of the response");
        var status = upstream.FirstLine[8..12] + " " + (upstream.FirstLine.Length > 13 ? upstream.FirstLine[13..] : "");
        FuzzFindingException.ThrowUnlessEqual("HTTP/1.1" + status, client.FirstLine, "status line");

        // A length is not sent with a status that never has a body (RFC 9110, 8.6).
        var hasNoLength = status[1] == '1' || status.StartsWith(" 204", StringComparison.Ordinal);
        CheckFields(
            [.. EndToEnd(upstream, isRequest: false).Where(f => !(hasNoLength && Is(f.Key, "content-length")))],
            client,
            forwarded.Framing.Kind is BodyKind.Chunked or BodyKind.UntilClose);
    }

    /// <summary>Checks a chunked body that <see cref="Forwarder.Chunked"/> was given.</summary>
    public static void CheckChunked(ReferenceMessage sent, Forwarded forwarded)
    {
        var received = ReferenceMessageReader.ReadChunked(forwarded.Written);
        if (forwarded.Status == ParseStatus.Complete)
        {
            CheckBody(sent, forwarded, received, ownChunks: true);
        }
        else
        {
            CheckUnfinished(sent, forwarded, received);
        }
    }

    // A whole body is the same for the reference, for the product and for the next recipient.
    private static void CheckBody(
        ReferenceMessage sent, Forwarded forwarded, ReferenceMessage received, bool ownChunks)
    {
        FuzzFindingException.ThrowUnlessEqual(ReferenceOutcome.Complete, sent.Outcome, "an accepted message");
        FuzzFindingException.ThrowUnless(sent.Body.AsSpan().SequenceEqual(forwarded.Body), "The body seen differs.");
        FuzzFindingException.ThrowUnlessEqual(ReferenceOutcome.Complete, received.Outcome, "the forwarded message");
        FuzzFindingException.ThrowUnlessEqual(forwarded.Written.Length, received.Length, "bytes of one message");
        FuzzFindingException.ThrowUnless(sent.Body.AsSpan().SequenceEqual(received.Body), "The body sent differs.");
        FuzzFindingException.ThrowUnless(
            !ownChunks || sent.Chunks.SequenceEqual(received.Chunks), "Chunk boundaries were moved.");
        FuzzFindingException.ThrowUnless(sent.Trailers.SequenceEqual(received.Trailers), "Trailers differ.");
    }

    // A message that is not whole for the product is not whole for anybody.
    private static void CheckUnfinished(ReferenceMessage sent, Forwarded forwarded, ReferenceMessage received)
    {
        FuzzFindingException.ThrowUnless(
            sent.Outcome != ReferenceOutcome.Complete || MayRefuse(forwarded.Error, sent),
            $"{forwarded.Status} {forwarded.Error} for a correct message.");
        FuzzFindingException.ThrowUnless(
            forwarded.Status == ParseStatus.Invalid || sent.Outcome != ReferenceOutcome.Malformed || sent.HeadLength > 0
                || forwarded.Written.Length == 0,
            "A malformed head was forwarded.");
        FuzzFindingException.ThrowUnlessEqual(
            ReferenceOutcome.Incomplete, received.Outcome, "what left of an unfinished message");
    }

    // The reference reader knows the grammar and the framing, but no limits and no policy.
    private static bool MayRefuse(ParseError error, ReferenceMessage sent) => error switch
    {
        ParseError.HeadTooLarge => sent.HeadLength > HttpLimits.Default.HeadBytesMax,
        ParseError.RequestLineTooLong => sent.FirstLine.Length > HttpLimits.Default.RequestLineBytesMax,
        ParseError.TooManyHeaders => sent.Fields.Count > HttpLimits.Default.HeaderCountMax
            || sent.Values("connection").Sum(value => value.Split(',').Length) > ConnectionOptionsMax,
        ParseError.DuplicateHost => sent.Values("host").Count() > 1,
        ParseError.InvalidHost => sent.Values("host").Any(),
        ParseError.UnknownExpectation => sent.Values("expect").Any(),
        ParseError.LengthRequired => sent.FirstLine.EndsWith("HTTP/1.0", StringComparison.Ordinal),
        ParseError.InvalidChunkSize or ParseError.InvalidChunkExtension =>
            sent.Length > ChunkedDecoder.ExtensionBytesMax,
        ParseError.InvalidTrailer => sent.Length > ChunkedDecoder.TrailerBytesMax
            || sent.Trailers.Any(f => NotInTrailers.Any(name => Is(f.Key, name)) || IsGatewaySetting(f.Key)),
        _ => false,
    };

    private static IEnumerable<KeyValuePair<string, string>> EndToEnd(ReferenceMessage message, bool isRequest)
    {
        var nominated = message.Values("connection")
            .SelectMany(value => value.Split(','))
            .Select(option => option.Trim(' ', '\t'))
            .Where(option => !NeverNominated.Any(name => Is(option, name)))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return message.Fields.Where(f =>
            !HopByHop.Any(name => Is(f.Key, name))
            && !(isRequest && IsGatewaySetting(f.Key))
            && !nominated.Contains(f.Key));
    }

    private static void CheckFields(
        List<KeyValuePair<string, string>> expected, ReferenceMessage received, bool chunked)
    {
        if (chunked)
        {
            expected.Add(new("Transfer-Encoding", "chunked"));
        }

        FuzzFindingException.ThrowUnlessEqual(Join(expected), Join(received.Fields), "fields");
    }

    private static string Join(IEnumerable<KeyValuePair<string, string>> fields) =>
        fields.Aggregate(new StringBuilder(), (text, f) => text.Append(f.Key).Append(':').Append(f.Value).Append('\n'))
            .ToString();

    private static bool IsGatewaySetting(string name) =>
        name.StartsWith("cf-aig-", StringComparison.OrdinalIgnoreCase)
        || Is(name, "cf-cache-ttl")
        || Is(name, "cf-skip-cache");

    private static bool Is(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    // RFC 9112, 2.2 lets a server pass over empty lines in front of a request; the product takes two.
    private static int LeadingEmptyLines(ReadOnlySpan<byte> input)
    {
        var skipped = 0;
        while (skipped < 4 && input[skipped..].StartsWith("\r\n"u8))
        {
            skipped += 2;
        }

        return skipped;
    }
}
