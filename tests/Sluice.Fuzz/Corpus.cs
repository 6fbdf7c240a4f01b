using System.Text;
using Sluice.Fuzz.Reference;
using Sluice.Testing;

namespace Sluice.Fuzz;

/// <summary>Inputs and fragments that several targets start from.</summary>
internal static class Corpus
{
    // Mutating the middle of a long prompt finds nothing; short bodies keep the rate up.
    private const int BodyBytesMax = 512;
    private const string ChunkedPost = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n";

    /// <summary>Fragments that decide where messages, lines and chunks end.</summary>
    public static IReadOnlyList<byte[]> Framing { get; } = Encode(
        "\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "\r\r\n",
        " ", "\t", "\v", "\0", ":", ",", ";", "\"", "\u0085", "\u00A0",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding : chunked\r\n", "Transfer-Encoding: xchunked\r\n",
        "transfer-encoding:chunked\r\n", "Transfer-Encoding:\tchunked\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        " chunked\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "content-length:+5\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: 99999999999999999999\r\n", "Content-Length: 0x5\r\n",
        "Connection: close\r\n", "Connection: content-length, transfer-encoding, host\r\n", "Connection: upgrade\r\n",
        "Upgrade: h2c\r\n", "Host: b\r\n", "Expect: 100-continue\r\n", "TE: trailers\r\n",
        "cf-aig-skip-cache: true\r\n",
        " HTTP/1.1\r\n", " HTTP/1.0\r\n", " HTTP/2.0\r\n", "GET / HTTP/1.1\r\nHost: smuggled\r\n\r\n",
        "0\r\n\r\n", "0\r\n", "5\r\nhello\r\n", "5;ext=1\r\nhello\r\n", "5;\nx\r\n", "00000000000000005\r\n",
        "ffffffffffffffff\r\n", "-1\r\n", "0x5\r\n", "5 \r\n", "X-Trailer: 1\r\n");

    /// <summary>Recorded and made-up requests, their bodies shortened with their framing kept right.</summary>
    public static IReadOnlyList<byte[]> Requests { get; } =
    [
        .. FixtureFiles.Requests.Select(name => Shorten(FixtureFiles.ReadRequest(name))),
        .. Encode(
            ChunkedPost + "\r\n5\r\nhello\r\n6;x=\"y\"\r\n world\r\n0\r\n\r\n",
            ChunkedPost + "Trailer: X-T\r\n\r\n1\r\na\r\n0\r\nX-T: 1\r\n\r\n",
            "POST /a HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi",
            "GET http://h/a HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n\r\n",
            "\r\nPUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhelloGET / HTTP/1.1"),
    ];

    /// <summary>Recorded and made-up responses.</summary>
    public static IReadOnlyList<byte[]> Responses { get; } =
    [
        .. FixtureFiles.Responses.Select(FixtureFiles.ReadResponse),
        .. Encode(
            "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nuntil close",
            "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi"),
    ];

    /// <summary>Text as bytes, a character a byte.</summary>
    public static byte[][] Encode(params string[] texts) => [.. texts.Select(Encoding.Latin1.GetBytes)];

    private static byte[] Shorten(byte[] request)
    {
        var message = ReferenceMessageReader.ReadRequest(request);
        if (message.Body.Length <= BodyBytesMax)
        {
            return request;
        }

        var head = Encoding.Latin1.GetString(request, 0, message.HeadLength);
        var length = message.Values("content-length").Single();
        head = head.Replace($": {length}\r\n", $": {BodyBytesMax}\r\n", StringComparison.Ordinal);
        return [.. Encoding.Latin1.GetBytes(head), .. message.Body[..BodyBytesMax]];
    }
}
