using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Fuzz.Reference;

/// <summary>
/// Reads one HTTP/1.x message from the beginning of some bytes, strictly by the grammar of RFC 9112 and without any
/// tolerance: what it takes for complete, every other recipient must frame in the same way. It shares no code and no
/// technique with the product; it is slow on purpose.
/// </summary>
internal static partial class ReferenceMessageReader
{
    private const string Token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";

    public static ReferenceMessage ReadRequest(ReadOnlySpan<byte> bytes) => Read(bytes, RequestLine(), isRequest: true);

    /// <param name="bytes">The response; all bytes that came until the connection was closed.</param>
    /// <param name="hasNoBody">Whether it answers HEAD.</param>
    public static ReferenceMessage ReadResponse(ReadOnlySpan<byte> bytes, bool hasNoBody = false) =>
        Read(bytes, StatusLine(), isRequest: false, hasNoBody);

    /// <summary>Reads a chunked body alone.</summary>
    public static ReferenceMessage ReadChunked(ReadOnlySpan<byte> bytes) =>
        ReadChunked(Encoding.Latin1.GetString(bytes), 0, "", []);

    private static ReferenceMessage Read(
        ReadOnlySpan<byte> bytes, Regex firstLine, bool isRequest, bool hasNoBody = false)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var headEnd = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (headEnd < 0)
        {
            return new(ReferenceOutcome.Incomplete, "", [], [], [], [], 0, 0);
        }

        var lines = text[..headEnd].Split("\r\n");
        var fields = ParseFields(lines[1..]);
        if (!firstLine.IsMatch(lines[0]) || fields is null)
        {
            return new(ReferenceOutcome.Malformed, lines[0], [], [], [], [], 0, 0);
        }

        var bodyStart = headEnd + 4;
        var message = new ReferenceMessage(
            ReferenceOutcome.Complete, lines[0], fields, [], [], [], bodyStart, bodyStart);
        if (isRequest && message.Values("host").Count() != 1 && !lines[0].EndsWith("1.0", StringComparison.Ordinal))
        {
            return message with { Outcome = ReferenceOutcome.Malformed };
        }

        return ReadBody(text, message, isRequest, hasNoBody);
    }

    private static ReferenceMessage ReadBody(string text, ReferenceMessage head, bool isRequest, bool hasNoBody)
    {
        var lengths = head.Values("content-length").ToArray();
        var codings = head.Values("transfer-encoding").ToArray();
        var isHttp10 = isRequest
            ? head.FirstLine.EndsWith("HTTP/1.0", StringComparison.Ordinal)
            : head.FirstLine.StartsWith("HTTP/1.0", StringComparison.Ordinal);
        if (lengths.Length > 1
            || (lengths.Length == 1 && (codings.Length > 0 || !Length().IsMatch(lengths[0]))))
        {
            return head with { Outcome = ReferenceOutcome.Malformed };
        }

        var start = head.HeadLength;
        if (!isRequest && (hasNoBody || NoBodyStatus().IsMatch(head.FirstLine)))
        {
            return head;
        }

        if (codings.Length > 0)
        {
            return codings.Length == 1 && !isHttp10 && codings[0].Equals("chunked", StringComparison.OrdinalIgnoreCase)
                ? ReadChunked(text, start, head.FirstLine, head.Fields) with { HeadLength = start }
                : head with { Outcome = ReferenceOutcome.Malformed };
        }

        if (lengths.Length == 0 && isRequest)
        {
            return head;
        }

        var available = text.Length - start;
        var wanted = lengths.Length == 1 ? long.Parse(lengths[0], CultureInfo.InvariantCulture) : available;
        var taken = (int)Math.Min(wanted, available);
        return head with
        {
            Outcome = taken == wanted ? ReferenceOutcome.Complete : ReferenceOutcome.Incomplete,
            Body = Encoding.Latin1.GetBytes(text.Substring(start, taken)),
            Length = start + taken,
        };
    }

    private static ReferenceMessage ReadChunked(
        string text, int position, string firstLine, IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        var body = new StringBuilder();
        var chunks = new List<int>();
        ReferenceMessage End(ReferenceOutcome outcome, IReadOnlyList<KeyValuePair<string, string>>? trailers = null) =>
            new(
                outcome,
                firstLine,
                fields,
                Encoding.Latin1.GetBytes(body.ToString()),
                chunks,
                trailers ?? [],
                0,
                position);

        while (true)
        {
            var lineEnd = text.IndexOf("\r\n", position, StringComparison.Ordinal);
            var line = lineEnd < 0 ? text[position..] : text[position..lineEnd];
            if (lineEnd < 0)
            {
                return End(ReferenceOutcome.Incomplete);
            }

            var match = ChunkLine().Match(line);
            if (!match.Success)
            {
                return End(ReferenceOutcome.Malformed);
            }

            var size = long.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            position = lineEnd + 2;
            if (size == 0)
            {
                break;
            }

            if (text.Length - position < size + 2)
            {
                body.Append(text, position, (int)Math.Min(size, text.Length - position));
                var wrong = text.Length - position > size && text[position + (int)size] != '\r';
                return End(wrong ? ReferenceOutcome.Malformed : ReferenceOutcome.Incomplete);
            }

            body.Append(text, position, (int)size);
            chunks.Add((int)size);
            position += (int)size + 2;
            if (text[position - 2] != '\r' || text[position - 1] != '\n')
            {
                return End(ReferenceOutcome.Malformed);
            }
        }

        return ReadTrailers(text, ref position, End);
    }

    private delegate ReferenceMessage EndRead(
        ReferenceOutcome outcome, IReadOnlyList<KeyValuePair<string, string>>? trailers = null);

    private static ReferenceMessage ReadTrailers(string text, ref int position, EndRead end)
    {
        var lines = new List<string>();
        while (true)
        {
            var lineEnd = text.IndexOf("\r\n", position, StringComparison.Ordinal);
            if (lineEnd < 0)
            {
                return end(ReferenceOutcome.Incomplete);
            }

            var line = text[position..lineEnd];
            position = lineEnd + 2;
            if (line.Length == 0)
            {
                break;
            }

            lines.Add(line);
        }

        var trailers = ParseFields([.. lines]);
        return trailers is null ? end(ReferenceOutcome.Malformed) : end(ReferenceOutcome.Complete, trailers);
    }

    private static List<KeyValuePair<string, string>>? ParseFields(string[] lines)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var line in lines)
        {
            var match = FieldLine().Match(line);
            if (!match.Success)
            {
                return null;
            }

            fields.Add(new(match.Groups[1].Value, match.Groups[2].Value));
        }

        return fields;
    }

    [GeneratedRegex("\\A" + Token + " [!-\"$-~\\x80-\\xFF]+ HTTP/1\\.[0-9]\\z")]
    private static partial Regex RequestLine();

    [GeneratedRegex("\\AHTTP/1\\.[0-9] [1-9][0-9]{2}( [\\t -~\\x80-\\xFF]*)?\\z")]
    private static partial Regex StatusLine();

    [GeneratedRegex("\\A(" + Token + "):[ \\t]*([\\t -~\\x80-\\xFF]*?)[ \\t]*\\z")]
    private static partial Regex FieldLine();

    [GeneratedRegex("\\A[0-9]{1,18}\\z")]
    private static partial Regex Length();

    [GeneratedRegex("\\A([0-9A-Fa-f]{1,15})([ \\t]*;[\\t -~\\x80-\\xFF]*)?\\z")]
    private static partial Regex ChunkLine();

    [GeneratedRegex("\\AHTTP/1\\.. (1..|204|304)")]
    private static partial Regex NoBodyStatus();
}
