using System.Globalization;
using System.Text;

namespace Sluice.FunctionalTests;

/// <summary>Requests to the gateway of <see cref="Testing.GatewayHost"/>, as text with one char a byte.</summary>
internal static class Requests
{
    /// <summary>Where they go.</summary>
    public const string Path = "/v1/acct/gw/openai/v1/responses";

    /// <summary>A request without a body.</summary>
    public const string Get = $"GET {Path} HTTP/1.1\r\nHost: g\r\n\r\n";

    /// <summary>The head of a request with a body of a length.</summary>
    public static string PostHead(long length, string fields = "") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"POST {Path} HTTP/1.1\r\nHost: g\r\n{fields}Content-Length: {length}\r\n\r\n");

    /// <summary>The head of a request with a body in chunks.</summary>
    public static string ChunkedHead(string fields = "") =>
        $"POST {Path} HTTP/1.1\r\nHost: g\r\n{fields}Transfer-Encoding: chunked\r\n\r\n";

    /// <summary>A request with a body.</summary>
    public static string Post(string body) => PostHead(body.Length) + body;

    /// <summary>A body in chunks of a size.</summary>
    public static string Chunks(string body, int size)
    {
        var chunks = new StringBuilder();
        for (var i = 0; i < body.Length; i += size)
        {
            var part = body.AsSpan(i, Math.Min(size, body.Length - i));
            chunks.Append(CultureInfo.InvariantCulture, $"{part.Length:x}\r\n{part}\r\n");
        }

        return chunks.Append("0\r\n\r\n").ToString();
    }

    /// <summary>A text that differs at each place, so that a byte lost or doubled anywhere shows.</summary>
    public static string Text(int length)
    {
        var text = new StringBuilder(length + 16);
        for (var i = 0; text.Length < length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i:x7},");
        }

        return text.ToString(0, length);
    }
}
