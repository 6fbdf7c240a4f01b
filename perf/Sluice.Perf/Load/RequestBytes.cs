using System.Globalization;
using System.Text;
using Sluice.Perf.CommandLine;
using Sluice.Perf.Upstream;

namespace Sluice.Perf.Load;

/// <summary>Makes the bytes of a request once, for a run to send many times.</summary>
internal static class RequestBytes
{
    private const string BodyStart = "{\"model\":\"claude-sim\",\"max_tokens\":1024,\"stream\":";
    private const string BodyMiddle = ",\"messages\":[{\"role\":\"user\",\"content\":\"";
    private const string BodyEnd = "\"}]}";

    /// <summary>
    /// A <c>POST</c> of Anthropic's Messages API with a body of the given size, or a <c>GET</c> when that is 0.
    /// </summary>
    public static byte[] Make(Uri target, int bodyBytes, bool isStream, IEnumerable<string> headers)
    {
        var body = bodyBytes == 0 ? "" : Body(bodyBytes, isStream);
        var head = new StringBuilder();
        var method = bodyBytes == 0 ? "GET" : "POST";
        head.Append(CultureInfo.InvariantCulture, $"{method} {target.PathAndQuery} HTTP/1.1\r\n");
        head.Append(CultureInfo.InvariantCulture, $"host: {target.Authority}\r\n");
        head.Append("user-agent: sluice-perf\r\naccept: */*\r\nx-api-key: sim\r\nanthropic-version: 2023-06-01\r\n");
        foreach (var header in headers)
        {
            if (header.IndexOf(':') < 1 || header.AsSpan().IndexOfAny('\r', '\n') >= 0)
            {
                throw new UsageException($"'{header}' is not a header. Write it as 'name: value'.");
            }

            head.Append(header).Append("\r\n");
        }

        if (bodyBytes > 0)
        {
            head.Append("content-type: application/json\r\n");
            head.Append(CultureInfo.InvariantCulture, $"content-length: {body.Length}\r\n");
        }

        return Encoding.ASCII.GetBytes(head.Append("\r\n").Append(body).ToString());
    }

    /// <summary>The headers that ask the provider double for the given answer.</summary>
    public static IEnumerable<string> HeadersFor(ReplySettings reply)
    {
        string Header(string name, double value) => string.Create(CultureInfo.InvariantCulture, $"{name}: {value}");

        if (reply.Tokens == 0)
        {
            return [Header(ReplySettings.TtftName, reply.TtftMs), Header(ReplySettings.BodyBytesName, reply.BodyBytes)];
        }

        return
        [
            Header(ReplySettings.TtftName, reply.TtftMs),
            Header(ReplySettings.DelayName, reply.DelayMs),
            Header(ReplySettings.TokensName, reply.Tokens),
            Header(ReplySettings.EventBytesName, reply.EventBytes),
        ];
    }

    private static string Body(int size, bool isStream)
    {
        var start = BodyStart + (isStream ? "true" : "false") + BodyMiddle;
        var text = Math.Max(0, size - start.Length - BodyEnd.Length);
        return start + new string('x', text) + BodyEnd;
    }
}
