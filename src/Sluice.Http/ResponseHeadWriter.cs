using System.Buffers;

namespace Sluice.Http;

/// <summary>How a response's head changes on its way to the client.</summary>
public readonly ref struct ResponseRewrite
{
    /// <summary>Whether the body leaves in chunks.</summary>
    public bool Chunked { get; init; }

    /// <summary>What <c>Connection</c> says.</summary>
    public ConnectionOption Connection { get; init; }

    /// <summary>
    /// A whole <c>Date</c> line with its CRLF, added where the upstream sent none (RFC 9110, 6.6.1).
    /// </summary>
    public ReadOnlySpan<byte> DateLine { get; init; }
}

/// <summary>The <c>Connection</c> line of a response.</summary>
public enum ConnectionOption : byte
{
    /// <summary>No line: the connection persists by default (HTTP/1.1).</summary>
    None,

    /// <summary><c>Connection: close</c></summary>
    Close,

    /// <summary><c>Connection: keep-alive</c>, which an HTTP/1.0 client has to be told.</summary>
    KeepAlive,

    /// <summary><c>Connection: Upgrade</c> with the upstream's <c>Upgrade</c>, for a 101.</summary>
    Upgrade,
}

/// <summary>
/// Writes the head of a response to the client: the upstream's own bytes, in their order and case, with the lines that
/// concern only the upstream connection cut out.
/// </summary>
public static class ResponseHeadWriter
{
    /// <summary>Writes the head.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(IBufferWriter<byte> output, ResponseHead head, in ResponseRewrite rewrite)
    {
        // As for requests: the lines added here, and the space that each Upgrade line may get.
        const int Additions = 160;
        var writer = new SpanWriter(output.GetSpan(
            head.Length + head.Headers.Count + rewrite.DateLine.Length + Additions));

        writer.Write("HTTP/1.1 "u8);
        writer.Write(head.Status);
        writer.Write(" "u8);
        writer.Write(head.Reason);
        writer.Write("\r\n"u8);

        var bytes = head.Bytes;
        var headers = head.Headers;
        var nominated = ConnectionNominations.Any(headers);
        var omit = KnownHeaders.HopByHop;
        if (head.Status is < 200 or 204)
        {
            // These have no body, and a length would make a reader wait for one (RFC 9110, 8.6).
            omit |= 1UL << (int)KnownHeader.ContentLength;
        }

        var run = head.FieldsStart;
        foreach (ref readonly var line in headers.Lines)
        {
            if ((omit & 1UL << (int)line.Id) != 0
                || (nominated && ConnectionNominations.Contains(headers, line)))
            {
                writer.Write(bytes[run..line.LineStart]);
                run = line.LineEnd;
            }
        }

        writer.Write(bytes[run..(head.Length - 2)]);
        if (!headers.Has(KnownHeader.Date))
        {
            writer.Write(rewrite.DateLine);
        }

        if (rewrite.Chunked)
        {
            writer.Write("Transfer-Encoding: chunked\r\n"u8);
        }

        WriteConnection(ref writer, headers, rewrite.Connection);
        writer.Write("\r\n"u8);
        output.Advance(writer.Written);
        return writer.Written;
    }

    private static void WriteConnection(ref SpanWriter writer, HeaderTable headers, ConnectionOption option)
    {
        switch (option)
        {
            case ConnectionOption.Close:
                writer.Write("Connection: close\r\n"u8);
                break;
            case ConnectionOption.KeepAlive:
                writer.Write("Connection: keep-alive\r\n"u8);
                break;
            case ConnectionOption.Upgrade:
                RequestHeadWriter.WriteUpgrade(ref writer, headers);
                break;
        }
    }
}
