using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sluice.Bench.Inputs;
using Sluice.Http;

namespace Sluice.Bench.Http;

/// <summary>The head of a Claude Code request, with its body behind it as in a first read.</summary>
[MemoryDiagnoser]
public class RequestHeadBenchmark
{
    private readonly RequestHead _head = new(HttpLimits.Default);
    private ReadOnlySequence<byte> _whole;
    private ReadOnlySequence<byte> _half;

    [GlobalSetup]
    public void Setup()
    {
        _whole = new ReadOnlySequence<byte>(RecordedMessages.Request, 0, 16 * 1024);
        _half = new ReadOnlySequence<byte>(RecordedMessages.Request, 0, RecordedMessages.RequestHead.Length / 2);
    }

    [Benchmark]
    public BodyFraming Parse()
    {
        _head.Parse(_whole);
        MessageFraming.OfRequest(_head, out var framing);
        _head.Reset();
        return framing;
    }

    [Benchmark]
    public BodyFraming ParseInTwoReads()
    {
        _head.Parse(_half);
        return Parse();
    }
}
