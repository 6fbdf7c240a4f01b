using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sluice.Bench.Inputs;
using Sluice.Http;

namespace Sluice.Bench.Http;

/// <summary>The head of a Claude Code request, rewritten for the upstream.</summary>
[MemoryDiagnoser]
public class RequestHeadWriterBenchmark
{
    private readonly RequestHead _head = new(HttpLimits.Default);
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);

    [GlobalSetup]
    public void Setup() => _head.Parse(new ReadOnlySequence<byte>(RecordedMessages.RequestHead));

    [Benchmark]
    public int Write()
    {
        _output.ResetWrittenCount();
        return RequestHeadWriter.Write(_output, _head, new RequestRewrite
        {
            Target = "/v1/messages?beta=true"u8,
            Host = "api.anthropic.com"u8,
            Framing = BodyFraming.OfLength(76_000),
        });
    }
}
