using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sluice.Bench.Inputs;
using Sluice.Http;

namespace Sluice.Bench.Http;

/// <summary>The events of a short Anthropic stream: in one push, and each cut in two.</summary>
[MemoryDiagnoser]
public class SseParserBenchmark
{
    // Shorter than an event, so that nearly every event is cut and passes through the parser's buffers.
    private const int PieceBytes = 100;

    private readonly SseParser _parser = new();
    private byte[] _stream = [];

    [GlobalSetup]
    public void Setup()
    {
        var body = new ArrayBufferWriter<byte>();
        var transfer = new BodyTransfer();
        var sink = default(NullBodySink);
        transfer.Start(BodyFraming.Chunked, chunkedDestination: false);
        transfer.Transfer(new ReadOnlySequence<byte>(RecordedMessages.ChunkedBody), body, ref sink, out _);
        _stream = body.WrittenSpan.ToArray();
    }

    [Benchmark]
    public int Scan()
    {
        var counter = default(EventCounter);
        _parser.Push(_stream, ref counter);
        return counter.Count;
    }

    [Benchmark]
    public int ScanInPieces()
    {
        var counter = default(EventCounter);
        for (var start = 0; start < _stream.Length; start += PieceBytes)
        {
            _parser.Push(_stream.AsSpan(start, Math.Min(PieceBytes, _stream.Length - start)), ref counter);
        }

        return counter.Count;
    }

    private struct EventCounter : ISseHandler
    {
        public int Count { get; private set; }

        public void OnEvent(in SseEvent e) => Count += e.Data.IsEmpty ? 0 : 1;
    }
}
