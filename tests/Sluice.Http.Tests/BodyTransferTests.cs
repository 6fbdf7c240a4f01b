using System.Buffers;
using System.Text;
using Sluice.Fuzz;
using Sluice.Fuzz.Reference;
using Sluice.Testing;
using static Sluice.Http.Tests.HeadParsing;

namespace Sluice.Http.Tests;

/// <summary>Bodies on their way from one framing to another.</summary>
public sealed class BodyTransferTests
{
    public static TheoryData<string> Responses => [.. FixtureFiles.Responses];

    public static TheoryData<string> ChunkedResponses => ChunkedDecoderTests.ChunkedFixtures;

    [Theory]
    [MemberData(nameof(Responses))]
    public void RecordedResponse_CutAnywhere_LeavesAsOneMessageWithItsBody(string name)
    {
        var response = FixtureFiles.ReadResponse(name);
        var whole = Forwarder.Response(response, []);

        Forwarding.CheckResponse(response, whole, toHead: false);
        Forwarding.CheckResponse(response, Forwarder.Response(response, Cuts.Bytewise(response.Length)), toHead: false);
        foreach (var cuts in Cuts.AtEveryPosition(response.Length))
        {
            var pieces = Forwarder.Response(response, cuts);
            Assert.True(whole.Agrees(pieces));
            Assert.True(whole.Framing.Kind == BodyKind.UntilClose || pieces.Written.SequenceEqual(whole.Written));
        }
    }

    [Theory]
    [MemberData(nameof(ChunkedResponses))]
    public void RecordedChunks_ByteByByte_LeaveByteForByte(string name)
    {
        // The recorded streams have no extensions and no leading zeros, so that nothing is written differently.
        var (_, body) = FixtureFiles.Split(FixtureFiles.ReadResponse(name));

        Assert.Equal(Latin1(body), Latin1(Forwarder.Chunked(body, Cuts.Bytewise(body.Length)).Written));
        Assert.Equal(Latin1(body), Latin1(Forwarder.Chunked(body, []).Written));
    }

    [Fact]
    public void Chunk_WhoseDataIsStillComing_HasLeftAsFarAsItCame()
    {
        var transfer = new BodyTransfer();
        transfer.Start(BodyFraming.Chunked, chunkedDestination: true);
        var output = new ArrayBufferWriter<byte>();

        var states = new List<string>();
        foreach (var b in "A\r\n0123456789\r\n"u8.ToArray())
        {
            Assert.Equal(TransferStatus.NeedMoreData, Pass(transfer, output, [b]).Status);
            states.Add(Latin1(output.WrittenSpan));
        }

        Assert.Equal("a\r\n", states[2]);
        Assert.Equal("a\r\n0123", states[6]);
        Assert.Equal("a\r\n0123456789", states[12]);
        Assert.Equal("a\r\n0123456789\r\n", states[14]);
        Assert.Equal(10, transfer.BodyBytes);
    }

    [Theory]
    [InlineData(BodyKind.None, "", true, "")]
    [InlineData(BodyKind.ContentLength, "hello", true, "hello")]
    [InlineData(BodyKind.Chunked, "2\r\nhe\r\n3;x\r\nllo\r\n0\r\nX-A: b\r\n\r\n", true, "hello")]
    [InlineData(BodyKind.UntilClose, "hello", false, "hello")]
    public void PlainDestination_OfAnySource_GetsTheBodyAlone(
        BodyKind kind, string source, bool endsByItself, string body)
    {
        var transfer = new BodyTransfer();
        transfer.Start(new BodyFraming(kind, kind == BodyKind.ContentLength ? 5 : 0), chunkedDestination: false);
        var output = new ArrayBufferWriter<byte>();

        var status = Pass(transfer, output, Encoding.ASCII.GetBytes(source)).Status;
        var ended = transfer.TryEndAtClose(output);

        Assert.Equal(endsByItself ? TransferStatus.Complete : TransferStatus.NeedMoreData, status);
        Assert.True(ended);
        Assert.Equal(body, Latin1(output.WrittenSpan));
    }

    [Fact]
    public void UntilClose_ToChunks_MakesOneChunkOfEachRead()
    {
        var transfer = new BodyTransfer();
        transfer.Start(BodyFraming.UntilClose, chunkedDestination: true);
        var output = new ArrayBufferWriter<byte>();

        Pass(transfer, output, "hello"u8);
        Pass(transfer, output, []);
        Pass(transfer, output, "!"u8);
        Assert.False(transfer.IsComplete);
        Assert.True(transfer.TryEndAtClose(output));

        Assert.True(transfer.IsComplete);
        Assert.Equal("5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", Latin1(output.WrittenSpan));
        Assert.True(transfer.TryEndAtClose(output));
        Assert.EndsWith("!\r\n0\r\n\r\n", Latin1(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BodyKind.ContentLength, "hel")]
    [InlineData(BodyKind.Chunked, "5\r\nhello\r\n")]
    [InlineData(BodyKind.Chunked, "5\r\nhello\r\n0\r\n")]
    public void ConnectionEnd_InsideAFramedBody_DoesNotEndIt(BodyKind kind, string source)
    {
        var transfer = new BodyTransfer();
        transfer.Start(new BodyFraming(kind, kind == BodyKind.ContentLength ? 5 : 0), kind == BodyKind.Chunked);
        var output = new ArrayBufferWriter<byte>();
        Pass(transfer, output, Encoding.ASCII.GetBytes(source));
        var before = output.WrittenCount;

        Assert.False(transfer.TryEndAtClose(output));
        Assert.Equal(before, output.WrittenCount);
    }

    [Theory]
    [InlineData(BodyKind.ContentLength, "hello world", 5)]
    [InlineData(BodyKind.Chunked, "5\r\nhello\r\n0\r\n\r\nnext", 15)]
    public void BytesBehindTheBody_AreNotConsumed(BodyKind kind, string source, int expected)
    {
        var transfer = new BodyTransfer();
        transfer.Start(new BodyFraming(kind, kind == BodyKind.ContentLength ? 5 : 0), chunkedDestination: false);
        var output = new ArrayBufferWriter<byte>();

        var (status, consumed) = Pass(transfer, output, Encoding.ASCII.GetBytes(source));
        var (again, more) = Pass(transfer, output, Encoding.ASCII.GetBytes(source[expected..]));

        Assert.Equal((TransferStatus.Complete, (long)expected), (status, consumed));
        Assert.Equal((TransferStatus.Complete, 0L), (again, more));
        Assert.Equal("hello", Latin1(output.WrittenSpan));
    }

    [Theory]
    [InlineData(BodyKind.ContentLength, "hello", 5, TransferStatus.Complete)]
    [InlineData(BodyKind.ContentLength, "hello", 4, TransferStatus.TooLong)]
    [InlineData(BodyKind.Chunked, "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 5, TransferStatus.Complete)]
    [InlineData(BodyKind.Chunked, "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 4, TransferStatus.TooLong)]
    [InlineData(BodyKind.Chunked, "fffffffffffffff\r\n", 1 << 30, TransferStatus.TooLong)]
    [InlineData(BodyKind.UntilClose, "hello", 5, TransferStatus.NeedMoreData)]
    [InlineData(BodyKind.UntilClose, "hello", 4, TransferStatus.TooLong)]
    public void Limit_AtTheEdge_IsExact(BodyKind kind, string source, long limit, TransferStatus expected)
    {
        var transfer = new BodyTransfer();
        transfer.Start(
            new BodyFraming(kind, kind == BodyKind.ContentLength ? 5 : 0), kind != BodyKind.ContentLength, limit);
        var output = new ArrayBufferWriter<byte>();

        Assert.Equal(expected, Pass(transfer, output, Encoding.ASCII.GetBytes(source)).Status);

        Assert.True(transfer.BodyBytes <= limit);
        if (expected == TransferStatus.TooLong)
        {
            Assert.NotEqual(ReferenceOutcome.Complete, ReferenceMessageReader.ReadChunked(output.WrittenSpan).Outcome);
        }
    }

    [Fact]
    public void Fault_InTheMiddle_LeavesAnUnfinishedBody()
    {
        var transfer = new BodyTransfer();
        transfer.Start(BodyFraming.Chunked, chunkedDestination: true);
        var output = new ArrayBufferWriter<byte>();

        var (status, consumed) = Pass(transfer, output, "5\r\nhello\r\n5\r\nhelloX\r\n0\r\n\r\n"u8);

        Assert.Equal(TransferStatus.Invalid, status);
        Assert.Equal(ParseError.InvalidChunkEnd, transfer.Error);
        Assert.Equal(18, consumed);
        Assert.Equal("5\r\nhello\r\n5\r\nhello", Latin1(output.WrittenSpan));
        Assert.False(transfer.TryEndAtClose(output));
    }

    [Fact]
    public void Start_AfterAnUnfinishedBody_BeginsANewOne()
    {
        var transfer = new BodyTransfer();
        transfer.Start(BodyFraming.Chunked, chunkedDestination: true);
        var output = new ArrayBufferWriter<byte>();
        Pass(transfer, output, "5\r\nhel"u8);

        transfer.Start(BodyFraming.OfLength(2), chunkedDestination: false);
        output.ResetWrittenCount();

        Assert.Equal((TransferStatus.Complete, 2L), Pass(transfer, output, "hi!"u8));
        Assert.Equal("hi", Latin1(output.WrittenSpan));
        Assert.Equal(2, transfer.BodyBytes);
        transfer.Reset();
        Assert.True(transfer.IsComplete);
        Assert.Equal(0, transfer.BodyBytes);
    }

    [Fact]
    public void ChunkedStream_PassedOn_AllocatesNothing()
    {
        var (_, body) = FixtureFiles.Split(FixtureFiles.ReadResponse("anthropic-stream"));
        var transfer = new BodyTransfer();
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        PassAll(transfer, output, body);
        output.ResetWrittenCount();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var status = PassAll(transfer, output, body);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(TransferStatus.Complete, status);
        Assert.Equal(0, allocated);
    }

    private static TransferStatus PassAll(BodyTransfer transfer, ArrayBufferWriter<byte> output, byte[] body)
    {
        var sink = default(NullBodySink);
        transfer.Start(BodyFraming.Chunked, chunkedDestination: true);
        return transfer.Transfer(new ReadOnlySequence<byte>(body), output, ref sink, out _);
    }

    private static (TransferStatus Status, long Consumed) Pass(
        BodyTransfer transfer, ArrayBufferWriter<byte> output, ReadOnlySpan<byte> input)
    {
        var sink = default(NullBodySink);
        var status = transfer.Transfer(new ReadOnlySequence<byte>(input.ToArray()), output, ref sink, out var consumed);
        return (status, consumed);
    }
}
