using System.Buffers;
using System.Buffers.Text;

namespace Sluice.Http;

/// <summary>Writes the lines around the data of a chunked body (RFC 9112, 7.1).</summary>
public static class ChunkedEncoder
{
    // 16 hexadecimal digits and CRLF.
    private const int SizeLineBytesMax = 18;

    /// <summary>Writes the line with a chunk's size, which must be above 0.</summary>
    public static void WriteStart(IBufferWriter<byte> output, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var span = output.GetSpan(SizeLineBytesMax);
        Utf8Formatter.TryFormat(size, span, out var written, new StandardFormat('x'));
        "\r\n"u8.CopyTo(span[written..]);
        output.Advance(written + 2);
    }

    /// <summary>Writes the line end after a chunk's data.</summary>
    public static void WriteEnd(IBufferWriter<byte> output) => output.Write("\r\n"u8);

    /// <summary>Writes the last chunk, the trailer section and the closing empty line.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="trailers">Whole trailer lines, each with its CRLF; may be empty.</param>
    public static void WriteLast(IBufferWriter<byte> output, ReadOnlySpan<byte> trailers)
    {
        if (trailers.IsEmpty)
        {
            output.Write("0\r\n\r\n"u8);
            return;
        }

        output.Write("0\r\n"u8);
        output.Write(trailers);
        output.Write("\r\n"u8);
    }
}
