using System.Globalization;
using System.Text;

namespace Sluice.Testing;

/// <summary>
/// One HTTP/1.1 message as a test saw it on a socket. It is read by code that shares nothing with the engine, so that the
/// two can disagree.
/// </summary>
public sealed class RawMessage
{
    private RawMessage(string head, byte[] body, byte[] raw, bool isWhole)
    {
        Head = head;
        Body = body;
        Raw = raw;
        IsWhole = isWhole;
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        StartLine = lines.Length == 0 ? "" : lines[0];
        Headers = [.. lines.Skip(1).Select(line =>
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            return KeyValuePair.Create(line[..colon], line[(colon + 1)..].Trim());
        })];
    }

    /// <summary>The head as text, one char a byte, with its closing empty line.</summary>
    public string Head { get; }

    /// <summary>The first line.</summary>
    public string StartLine { get; }

    /// <summary>The fields, in order, as sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>The body without its framing.</summary>
    public byte[] Body { get; }

    /// <summary>The body as text.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body);

    /// <summary>All bytes of the message.</summary>
    public byte[] Raw { get; }

    /// <summary>Whether its framing came to its end.</summary>
    public bool IsWhole { get; }

    /// <summary>The status of a response.</summary>
    public int Status => int.Parse(StartLine.Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>The value of the only field of a name; null where there is none.</summary>
    public string? Header(string name) =>
        Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(header => header.Value)
            .SingleOrDefault();

    /// <summary>Reads one message.</summary>
    /// <param name="read">Reads bytes, 0 at the end.</param>
    /// <param name="hasBody">False for a response to HEAD.</param>
    /// <returns>Null where the connection ended before the first byte.</returns>
    public static async Task<RawMessage?> ReadAsync(ByteSource read, bool hasBody = true)
    {
        var raw = new MemoryStream();
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var next = await read.ReadByteAsync();
            if (next < 0)
            {
                return raw.Length == 0 ? null : new RawMessage(head.ToString(), [], raw.ToArray(), isWhole: false);
            }

            raw.WriteByte((byte)next);
            head.Append((char)next);
        }

        var text = head.ToString();
        var body = new MemoryStream();
        var isResponse = text.StartsWith("HTTP/", StringComparison.Ordinal);
        var isWhole = !hasBody || await ReadBodyAsync(read, text, isResponse, raw, body);
        return new RawMessage(text, body.ToArray(), raw.ToArray(), isWhole);
    }

    private static async Task<bool> ReadBodyAsync(
        ByteSource read, string head, bool isResponse, MemoryStream raw, MemoryStream body)
    {
        var status = isResponse ? int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0;
        if (isResponse && (status < 200 || status is 204 or 304))
        {
            return true;
        }

        if (Find(head, "transfer-encoding") is { } coding && coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
        {
            return await ReadChunkedAsync(read, raw, body);
        }

        if (Find(head, "content-length") is { } length)
        {
            return await CopyAsync(read, long.Parse(length, CultureInfo.InvariantCulture), raw, body);
        }

        return !isResponse || !await CopyAsync(read, long.MaxValue, raw, body);
    }

    private static async Task<bool> ReadChunkedAsync(ByteSource read, MemoryStream raw, MemoryStream body)
    {
        while (true)
        {
            if (await ReadLineAsync(read, raw) is not { } sizeLine)
            {
                return false;
            }

            var size = long.Parse(sizeLine.Split(';')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                while (await ReadLineAsync(read, raw) is { } trailer)
                {
                    if (trailer.Length == 0)
                    {
                        return true;
                    }
                }

                return false;
            }

            if (!await CopyAsync(read, size, raw, body) || await ReadLineAsync(read, raw) != "")
            {
                return false;
            }
        }
    }

    private static async Task<string?> ReadLineAsync(ByteSource read, MemoryStream raw)
    {
        var line = new StringBuilder();
        while (true)
        {
            var next = await read.ReadByteAsync();
            if (next < 0)
            {
                return null;
            }

            raw.WriteByte((byte)next);
            if (next == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)next);
        }
    }

    private static async Task<bool> CopyAsync(ByteSource read, long count, MemoryStream raw, MemoryStream body)
    {
        while (count > 0)
        {
            var part = await read.ReadSomeAsync((int)Math.Min(count, 64 * 1024));
            if (part.Length == 0)
            {
                return false;
            }

            raw.Write(part.Span);
            body.Write(part.Span);
            count -= part.Length;
        }

        return true;
    }

    private static string? Find(string head, string name)
    {
        foreach (var line in head.Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[..colon].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return line[(colon + 1)..].Trim();
            }
        }

        return null;
    }
}
