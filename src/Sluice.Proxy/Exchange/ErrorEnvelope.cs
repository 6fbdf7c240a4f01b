using System.Buffers;
using System.Text.Json;

namespace Sluice.Proxy.Exchange;

/// <summary>
/// Writes a response that the gateway itself makes, with Cloudflare AI Gateway's JSON envelope: <c>error</c> is an
/// array there, and <c>name</c>, <c>httpCode</c>, <c>internalCode</c>, <c>message</c> and <c>description</c> stand
/// beside it. <c>source</c> is ours: which party failed.
/// </summary>
internal static class ErrorEnvelope
{
    /// <summary>Writes head and body.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rejection">What is said.</param>
    /// <param name="detail">What is known beyond it; null for nothing.</param>
    /// <param name="dateLine">A whole <c>Date</c> line.</param>
    /// <param name="close">Whether the connection is closed afterwards.</param>
    /// <param name="withBody">False in answer to a HEAD request.</param>
    /// <returns>Bytes of the body that were written.</returns>
    public static int Write(
        IBufferWriter<byte> output,
        Rejection rejection,
        string? detail,
        ReadOnlySpan<byte> dateLine,
        bool close,
        bool withBody)
    {
        var body = FormatBody(rejection, detail);
        Write(output, $"HTTP/1.1 {rejection.Status} {ReasonPhrase(rejection.Status)}\r\n");
        output.Write(dateLine);
        Write(output, $"Content-Type: application/json\r\nContent-Length: {body.WrittenCount}\r\n");
        if (close)
        {
            output.Write("Connection: close\r\n"u8);
        }

        output.Write("\r\n"u8);
        if (!withBody)
        {
            return 0;
        }

        output.Write(body.WrittenSpan);
        return body.WrittenCount;
    }

    private static ArrayBufferWriter<byte> FormatBody(Rejection rejection, string? detail)
    {
        var message = detail is null ? rejection.Message : $"{rejection.Message}: {detail}";
        var body = new ArrayBufferWriter<byte>();

        // The default encoder escapes what HTML could take for markup: the detail may repeat what the client sent.
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteBoolean("success"u8, false);
        json.WriteStartArray("result"u8);
        json.WriteEndArray();
        json.WriteStartArray("messages"u8);
        json.WriteEndArray();
        json.WriteStartArray("error"u8);
        json.WriteStartObject();
        json.WriteNumber("code"u8, rejection.Code);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("name"u8, "AiGatewayError"u8);
        json.WriteNumber("httpCode"u8, rejection.Status);
        json.WriteNumber("internalCode"u8, rejection.Code);
        json.WriteString("message"u8, message);
        json.WriteString("description"u8, rejection.Advice);
        json.WriteString("source"u8, rejection.Party switch
        {
            FaultParty.Client => "client"u8,
            FaultParty.Gateway => "gateway"u8,
            _ => "upstream"u8,
        });
        json.WriteEndObject();
        json.Flush();
        return body;
    }

    private static void Write(IBufferWriter<byte> output, string text) =>
        output.Write(System.Text.Encoding.ASCII.GetBytes(text));

    private static string ReasonPhrase(int status) => status switch
    {
        400 => "Bad Request",
        404 => "Not Found",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        414 => "URI Too Long",
        417 => "Expectation Failed",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "Error",
    };
}
