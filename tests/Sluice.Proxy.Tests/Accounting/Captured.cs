using System.Buffers;
using System.Text;
using Sluice.Http;
using Sluice.Proxy.Exchange;
using Sluice.Testing;

namespace Sluice.Proxy.Tests.Accounting;

/// <summary>Makes captures of bodies.</summary>
internal static class Captured
{
    /// <summary>A budget that no test uses up.</summary>
    public static CaptureBudget AmpleBudget { get; } = new(long.MaxValue);

    /// <summary>Captures a body that arrives at once.</summary>
    public static CaptureBuffer Of(ReadOnlySpan<byte> body, long timestamp = 1)
    {
        var capture = new CaptureBuffer();
        capture.Start(AmpleBudget);
        capture.OnBody(body);
        capture.Mark(timestamp);
        return capture;
    }

    /// <summary>Captures a text that arrives at once.</summary>
    public static CaptureBuffer Of(string body) => Of(Encoding.UTF8.GetBytes(body));

    /// <summary>All captured bytes.</summary>
    public static byte[] BytesOf(CaptureBuffer capture)
    {
        var bytes = new ArrayBufferWriter<byte>();
        for (var index = 0; !capture.GetBlock(index).IsEmpty; index++)
        {
            bytes.Write(capture.GetBlock(index));
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The body of a recorded response, without its framing, as far as it goes.</summary>
    public static byte[] ReadFixture(string name)
    {
        var (head, body) = FixtureFiles.Split(FixtureFiles.ReadResponse(name));
        var isChunked = Encoding.ASCII.GetString(head)
            .Contains("\r\ntransfer-encoding: chunked\r\n", StringComparison.OrdinalIgnoreCase);
        var transfer = new BodyTransfer();
        transfer.Start(isChunked ? BodyFraming.Chunked : BodyFraming.UntilClose, chunkedDestination: false);
        var decoded = new ArrayBufferWriter<byte>();
        var sink = default(NullBodySink);
        transfer.Transfer(new ReadOnlySequence<byte>(body), decoded, ref sink, out _);
        return decoded.WrittenSpan.ToArray();
    }
}
