using System.Buffers;

namespace Sluice.Http;

/// <summary>Where a request goes, and what is left out of its head.</summary>
public readonly ref struct RequestRewrite
{
    /// <summary>The request target in origin form: path and query.</summary>
    public required ReadOnlySpan<byte> Target { get; init; }

    /// <summary>The value of <c>Host</c>.</summary>
    public required ReadOnlySpan<byte> Host { get; init; }

    /// <summary>How the body is framed, on both sides.</summary>
    public required BodyFraming Framing { get; init; }

    /// <summary>Whether <c>Connection: Upgrade</c> and <c>Upgrade</c> are passed on.</summary>
    public bool Upgrade { get; init; }

    /// <summary>Fields to leave out besides the hop-by-hop ones, as a mask of <c>1 &lt;&lt; KnownHeader</c>.</summary>
    public ulong Omit { get; init; }
}

/// <summary>
/// Writes the head of a request to an upstream: the client's own bytes, in their order and case, with the lines that
/// concern only the connection or the gateway cut out and <c>Host</c> replaced in its place.
/// </summary>
public static class RequestHeadWriter
{
    /// <summary>Writes the head.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="head">The client's head.</param>
    /// <param name="rewrite">What changes.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(IBufferWriter<byte> output, RequestHead head, in RequestRewrite rewrite)
    {
        // Nothing but the lines named here is ever added. Upgrade lines may each grow by the space after their colon,
        // and a list of subprotocols by one after each comma, so this bounds what is written.
        const int Additions = 128;
        var writer = new SpanWriter(output.GetSpan(
            (2 * head.Length) + head.Headers.Count + rewrite.Target.Length + rewrite.Host.Length + Additions));

        writer.Write(head.Method);
        writer.Write(" "u8);
        writer.Write(rewrite.Target);
        writer.Write(" HTTP/1.1\r\n"u8);

        var bytes = head.Bytes;
        var headers = head.Headers;
        var omit = KnownHeaders.HopByHop | 1UL << (int)KnownHeader.GatewaySetting | rewrite.Omit;
        var lines = headers.Lines;
        var nominated = ConnectionNominations.Any(headers);
        if (!headers.Has(KnownHeader.Host))
        {
            WriteHost(ref writer, rewrite.Host);
        }

        // Lines that stay are copied in runs: between two cuts one copy, however many lines lie there.
        var run = head.FieldsStart;
        for (var i = 0; i < lines.Length; i++)
        {
            ref readonly var line = ref lines[i];
            var isHost = line.Id == KnownHeader.Host;
            var hasToken = line.Id == KnownHeader.SecWebSocketProtocol
                && headers.Value(line).IndexOf(TokenSubprotocol) >= 0;
            if (isHost
                || hasToken
                || (omit & 1UL << (int)line.Id) != 0
                || (nominated && ConnectionNominations.Contains(headers, line)))
            {
                writer.Write(bytes[run..line.LineStart]);
                run = line.LineEnd;
                if (isHost)
                {
                    WriteHost(ref writer, rewrite.Host);
                }
                else if (hasToken)
                {
                    WriteSubprotocols(ref writer, headers.Name(line), headers.Value(line));
                }
            }
        }

        writer.Write(bytes[run..(head.Length - 2)]);
        if (rewrite.Framing.Kind == BodyKind.Chunked)
        {
            writer.Write("Transfer-Encoding: chunked\r\n"u8);
        }

        if (rewrite.Upgrade)
        {
            WriteUpgrade(ref writer, headers);
        }

        writer.Write("\r\n"u8);
        output.Advance(writer.Written);
        return writer.Written;
    }

    // Browsers cannot set headers for a WebSocket, so the gateway's token comes as one of the subprotocols.
    private static ReadOnlySpan<byte> TokenSubprotocol => "cf-aig-authorization."u8;

    private static void WriteSubprotocols(ref SpanWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var isFirst = true;
        var list = new TokenList(value);
        while (list.TryTake(out var subprotocol))
        {
            if (subprotocol.StartsWith(TokenSubprotocol))
            {
                continue;
            }

            writer.Write(isFirst ? name : ","u8);
            writer.Write(isFirst ? ": "u8 : " "u8);
            writer.Write(subprotocol);
            isFirst = false;
        }

        writer.Write(isFirst ? ""u8 : "\r\n"u8);
    }

    private static void WriteHost(ref SpanWriter writer, ReadOnlySpan<byte> host)
    {
        writer.Write("Host: "u8);
        writer.Write(host);
        writer.Write("\r\n"u8);
    }

    internal static void WriteUpgrade(ref SpanWriter writer, HeaderTable headers)
    {
        writer.Write("Connection: Upgrade\r\n"u8);
        foreach (ref readonly var line in headers.Lines)
        {
            if (line.Id == KnownHeader.Upgrade)
            {
                writer.Write("Upgrade: "u8);
                writer.Write(headers.Value(line));
                writer.Write("\r\n"u8);
            }
        }
    }
}
