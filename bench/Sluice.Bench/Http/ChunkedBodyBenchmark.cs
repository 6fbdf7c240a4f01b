using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sluice.Bench.Inputs;
using Sluice.Http;

namespace Sluice.Bench.Http;

/// <summary>A streamed body of a dozen chunks: decoded, and passed on with the same chunks.</summary>
[MemoryDiagnoser]
public class ChunkedBodyBenchmark
{
    private readonly ChunkedDecoder _decoder = new();
    private readonly BodyTransfer _transfer = new();
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private readonly byte[] _body = RecordedMessages.ChunkedBody;

    [Benchmark]
    public int Decode()
    {
        var input = _body.AsSpan();
        var bytes = 0;
        ChunkToken token;
        do
        {
            token = _decoder.Read(input, out var consumed, out var data);
            input = input[consumed..];
            bytes += data.Length;
        }
        while (token is not (ChunkToken.Complete or ChunkToken.NeedMoreData or ChunkToken.Invalid));

        _decoder.Reset();
        return bytes;
    }

    [Benchmark]
    public TransferStatus Transfer()
    {
        var sink = default(NullBodySink);
        _output.ResetWrittenCount();
        _transfer.Start(BodyFraming.Chunked, chunkedDestination: true);
        return _transfer.Transfer(new ReadOnlySequence<byte>(_body), _output, ref sink, out _);
    }
}
