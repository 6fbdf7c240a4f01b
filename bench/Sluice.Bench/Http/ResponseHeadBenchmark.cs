using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sluice.Bench.Inputs;
using Sluice.Http;

namespace Sluice.Bench.Http;

/// <summary>The head of a streamed Anthropic response.</summary>
[MemoryDiagnoser]
public class ResponseHeadBenchmark
{
    private readonly ResponseHead _head = new(HttpLimits.Default);
    private readonly ReadOnlySequence<byte> _whole = new(RecordedMessages.Response);

    [Benchmark]
    public BodyFraming Parse()
    {
        _head.Parse(_whole);
        MessageFraming.OfResponse(_head, toHead: false, out var framing);
        _head.Reset();
        return framing;
    }
}
