using System.Buffers;
using static Sluice.Http.Tests.HeadParsing;

namespace Sluice.Http.Tests;

/// <summary>The lines around chunks.</summary>
public sealed class ChunkedEncoderTests
{
    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(15, "f\r\n")]
    [InlineData(16, "10\r\n")]
    [InlineData(0x1DB, "1db\r\n")]
    [InlineData(long.MaxValue, "7fffffffffffffff\r\n")]
    public void WriteStart_OfASize_IsLowerCaseHexadecimal(long size, string expected)
    {
        var output = new ArrayBufferWriter<byte>();

        ChunkedEncoder.WriteStart(output, size);

        Assert.Equal(expected, Latin1(output.WrittenSpan));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void WriteStart_OfNoSize_IsRefused(long size)
    {
        // A chunk of size 0 would end the body.
        Assert.Throws<ArgumentOutOfRangeException>(
            () => ChunkedEncoder.WriteStart(new ArrayBufferWriter<byte>(), size));
    }

    [Theory]
    [InlineData("", "0\r\n\r\n")]
    [InlineData("X-A: b\r\n", "0\r\nX-A: b\r\n\r\n")]
    public void WriteLast_WithTrailers_EndsTheBody(string trailers, string expected)
    {
        var output = new ArrayBufferWriter<byte>();

        ChunkedEncoder.WriteLast(output, System.Text.Encoding.ASCII.GetBytes(trailers));

        Assert.Equal(expected, Latin1(output.WrittenSpan));
    }

    [Fact]
    public void WriteEnd_IsALineEnd()
    {
        var output = new ArrayBufferWriter<byte>();

        ChunkedEncoder.WriteEnd(output);

        Assert.Equal("\r\n", Latin1(output.WrittenSpan));
    }
}
