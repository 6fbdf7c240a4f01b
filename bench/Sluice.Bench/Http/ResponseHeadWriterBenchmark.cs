using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sluice.Bench.Inputs;
using Sluice.Http;

namespace Sluice.Bench.Http;

/// <summary>The head of a streamed Anthropic response, rewritten for the client.</summary>
[MemoryDiagnoser]
public class ResponseHeadWriterBenchmark
{
    private readonly ResponseHead _head = new(HttpLimits.Default);
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);

    [GlobalSetup]
    public void Setup() => _head.Parse(new ReadOnlySequence<byte>(RecordedMessages.Response));

    [Benchmark]
    public int Write()
    {
        _output.ResetWrittenCount();
        return ResponseHeadWriter.Write(_output, _head, new ResponseRewrite { Chunked = true });
    }
}
