using System.Text;
using Sluice.Fuzz;
using Sluice.Fuzz.Reference;
using Sluice.Testing;
using static Sluice.Http.Tests.HeadParsing;

namespace Sluice.Http.Tests;

/// <summary>The tokens of chunked bodies. Malformed bodies are in <c>Conformance</c>.</summary>
public sealed class ChunkedDecoderTests
{
    public static TheoryData<string> ChunkedFixtures =>
    [
        .. FixtureFiles.Responses.Where(name =>
            ReferenceMessageReader.ReadResponse(FixtureFiles.ReadResponse(name)).Chunks.Count > 0),
    ];

    [Fact]
    public void Read_OfATwoChunkBody_GivesItsTokensInOrder()
    {
        var decoder = new ChunkedDecoder();

        var (tokens, consumed) = ReadAll(decoder, "5;x\r\nhello\r\n01\r\n!\r\n0\r\nX-A: b\r\n\r\nnext"u8);

        Assert.Equal("start 5, data hello, end, start 1, data !, end, complete X-A: b\r\n", tokens);
        Assert.Equal(32, consumed);
    }

    [Fact]
    public void Read_OfDataInPieces_ReportsEachPieceInPlace()
    {
        var decoder = new ChunkedDecoder();
        ReadAll(decoder, "a\r\n"u8);
        byte[] input = [.. "01234"u8];

        var token = decoder.Read(input, out var consumed, out var data);

        Assert.Equal(ChunkToken.Data, token);
        Assert.Equal(5, consumed);
        Assert.True(data == input);
        Assert.Equal("data 567, need", ReadAll(decoder, "567"u8).Tokens);
        Assert.Equal("data 89, end, need", ReadAll(decoder, "89\r\n"u8).Tokens);
    }

    [Theory]
    [MemberData(nameof(ChunkedFixtures))]
    public void RecordedBody_CutAnywhere_HasTheChunksThatTheReferenceSees(string name)
    {
        var (_, body) = FixtureFiles.Split(FixtureFiles.ReadResponse(name));
        var reference = ReferenceMessageReader.ReadChunked(body);

        foreach (var cut in Cuts.AtEveryPosition(body.Length).Select(cuts => cuts[0]))
        {
            var decoder = new ChunkedDecoder();
            var read = new MemoryStream();
            var chunks = new List<int>();
            var first = Collect(decoder, body.AsSpan(0, cut), chunks, read);
            var last = first == ChunkToken.NeedMoreData ? Collect(decoder, body.AsSpan(cut), chunks, read) : first;

            Assert.Equal(
                reference.Outcome == ReferenceOutcome.Complete ? ChunkToken.Complete : ChunkToken.NeedMoreData, last);
            Assert.Equal(reference.Chunks, chunks.Take(reference.Chunks.Count));
            Assert.Equal(reference.Body, read.ToArray());
            decoder.Reset();
        }
    }

    [Fact]
    public void Read_AfterAFault_StaysInvalid()
    {
        var decoder = new ChunkedDecoder();
        Assert.Equal("invalid InvalidChunkSize", ReadAll(decoder, "5x\r\n"u8).Tokens);

        Assert.Equal("invalid InvalidChunkSize", ReadAll(decoder, "5\r\nhello\r\n0\r\n\r\n"u8).Tokens);
    }

    [Theory]
    [InlineData("authorization")]
    [InlineData("Cookie")]
    [InlineData("X-Api-Key")]
    [InlineData("cf-aig-authorization")]
    [InlineData("Transfer-Encoding")]
    public void Read_OfATrailerThatDecidesSomething_IsInvalid(string name)
    {
        Assert.EndsWith(
            "invalid InvalidTrailer",
            ReadAll(new ChunkedDecoder(), System.Text.Encoding.ASCII.GetBytes($"0\r\n{name}: a\r\n\r\n")).Tokens,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AfterAFaultInTheTrailers_StaysInvalid()
    {
        var decoder = new ChunkedDecoder();
        Assert.Equal("invalid InvalidTrailer", ReadAll(decoder, "0\r\nHost: a\r\n\r\n"u8).Tokens);

        Assert.Equal("invalid InvalidTrailer", ReadAll(decoder, "\nX-A: b\r\n\r\n"u8).Tokens);
    }

    [Fact]
    public void Reset_InTheMiddle_StartsANewBody()
    {
        var decoder = new ChunkedDecoder();
        ReadAll(decoder, "0\r\nX-A: b\r\nX-"u8);

        decoder.Reset();

        Assert.True(decoder.Trailers.IsEmpty);
        Assert.Equal("start 1, data a, end, complete ", ReadAll(decoder, "1\r\na\r\n0\r\n\r\n"u8).Tokens);
    }

    [Fact]
    public void Read_WithoutTrailers_AllocatesNothing()
    {
        var (_, body) = FixtureFiles.Split(FixtureFiles.ReadResponse("anthropic-stream"));
        var decoder = new ChunkedDecoder();
        Count(decoder, body);
        decoder.Reset();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var tokens = Count(decoder, body);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(tokens > 10);
        Assert.Equal(0, allocated);
    }

    private static int Count(ChunkedDecoder decoder, ReadOnlySpan<byte> input)
    {
        var tokens = 1;
        while (decoder.Read(input, out var consumed, out _) is not (ChunkToken.Complete or ChunkToken.NeedMoreData))
        {
            input = input[consumed..];
            tokens++;
        }

        return tokens;
    }

    private static ChunkToken Collect(
        ChunkedDecoder decoder, ReadOnlySpan<byte> input, List<int> chunks, MemoryStream body)
    {
        while (true)
        {
            var token = decoder.Read(input, out var consumed, out var data);
            input = input[consumed..];
            body.Write(data);
            switch (token)
            {
                case ChunkToken.ChunkStart:
                    chunks.Add((int)decoder.ChunkSize);
                    break;
                case ChunkToken.NeedMoreData:
                    Assert.True(input.IsEmpty);
                    return token;
                case ChunkToken.Complete or ChunkToken.Invalid:
                    return token;
            }
        }
    }

    private static (string Tokens, int Consumed) ReadAll(ChunkedDecoder decoder, ReadOnlySpan<byte> input)
    {
        var text = new StringBuilder();
        var total = 0;
        while (true)
        {
            var token = decoder.Read(input[total..], out var consumed, out var data);
            total += consumed;
            _ = token switch
            {
                ChunkToken.ChunkStart => text.Append("start ").Append(decoder.ChunkSize).Append(", "),
                ChunkToken.Data => text.Append("data ").Append(Latin1(data)).Append(", "),
                ChunkToken.ChunkEnd => text.Append("end, "),
                ChunkToken.Complete => text.Append("complete ").Append(Latin1(decoder.Trailers)),
                ChunkToken.Invalid => text.Append("invalid ").Append(decoder.Error),
                _ => text.Append("need"),
            };
            if (token is ChunkToken.Complete or ChunkToken.Invalid or ChunkToken.NeedMoreData)
            {
                return (text.ToString(), total);
            }
        }
    }
}
