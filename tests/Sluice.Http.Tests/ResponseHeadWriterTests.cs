using System.Buffers;
using Sluice.Fuzz;
using Sluice.Testing;
using static Sluice.Http.Tests.HeadParsing;

namespace Sluice.Http.Tests;

/// <summary>Heads of responses to clients, as exact bytes.</summary>
public sealed class ResponseHeadWriterTests
{
    private const string DateLine = "Date: Sat, 21 Nov 2026 12:57:13 GMT\r\n";

    public static TheoryData<string> Fixtures => [.. FixtureFiles.Responses];

    [Fact]
    public void Write_OfPlainFields_KeepsOrderCaseAndSpacing()
    {
        Assert.Equal(
            "HTTP/1.1 200 OK\r\ncontent-type:text/plain\r\nset-cookie:  a \r\nDATE: x\r\nset-cookie: b\r\n"
            + "Content-Length: 5\r\n\r\n",
            Write("HTTP/1.1 200 OK\r\ncontent-type:text/plain\r\nset-cookie:  a \r\nDATE: x\r\nset-cookie: b\r\n"
                + "Content-Length: 5\r\n\r\n"));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK", "HTTP/1.1 200 OK")]
    [InlineData("HTTP/1.1 200", "HTTP/1.1 200 ")]
    [InlineData("HTTP/1.1 200 ", "HTTP/1.1 200 ")]
    [InlineData("HTTP/1.1 529 Overloaded \u00E9", "HTTP/1.1 529 Overloaded \u00E9")]
    public void Write_OfAnyStatusLine_IsHttp11WithStatusAndReason(string line, string expected) =>
        Assert.Equal($"{expected}\r\nDate: x\r\n\r\n", Write($"{line}\r\nDate: x\r\n\r\n"));

    [Fact]
    public void Write_OfConnectionFields_LeavesThemOut()
    {
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nX-A: 1\r\nDate: x\r\ncf-aig-step: 1\r\n\r\n",
            Write("HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=65\r\nX-A: 1\r\n"
                + "Transfer-Encoding: chunked\r\nX-Hop: 1\r\nDate: x\r\ncf-aig-step: 1\r\nUpgrade: h2c\r\n"
                + "Proxy-Connection: close\r\n\r\n"));
    }

    [Theory]
    [InlineData(103)]
    [InlineData(204)]
    public void Write_OfAStatusWithoutBody_LeavesTheLengthOut(int status) =>
        Assert.Equal(
            $"HTTP/1.1 {status} x\r\nX-A: 1\r\nDate: x\r\n\r\n",
            Write($"HTTP/1.1 {status} x\r\nX-A: 1\r\nContent-Length: 5\r\nDate: x\r\n\r\n"));

    [Fact]
    public void Write_Of304_KeepsTheLengthOfWhatWasNotSent() =>
        Assert.Equal(
            "HTTP/1.1 304 x\r\nContent-Length: 5\r\nDate: x\r\n\r\n",
            Write("HTTP/1.1 304 x\r\nContent-Length: 5\r\nDate: x\r\n\r\n"));

    [Fact]
    public void Write_OfNominatedFraming_KeepsIt()
    {
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 5\r\n\r\n",
            Write("HTTP/1.1 200 OK\r\nConnection: content-length, date\r\nDate: x\r\nContent-Length: 5\r\n\r\n"));
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "Transfer-Encoding: chunked\r\n")]
    public void Write_ForABody_SaysChunkedOnceIfItIs(bool chunked, string expected)
    {
        Assert.Equal(
            $"HTTP/1.1 200 OK\r\nDate: x\r\nX-A: 1\r\n{expected}\r\n",
            Write("HTTP/1.1 200 OK\r\nDate: x\r\ntransfer-encoding: chunked\r\nX-A: 1\r\n\r\n", chunked));
    }

    [Theory]
    [InlineData(ConnectionOption.None, "")]
    [InlineData(ConnectionOption.Close, "Connection: close\r\n")]
    [InlineData(ConnectionOption.KeepAlive, "Connection: keep-alive\r\n")]
    [InlineData(ConnectionOption.Upgrade, "Connection: Upgrade\r\nUpgrade: websocket\r\n")]
    public void Write_WithAConnectionOption_SaysItOnce(ConnectionOption option, string expected)
    {
        Assert.Equal(
            $"HTTP/1.1 101 Switching Protocols\r\nDate: x\r\n{expected}\r\n",
            Write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade:websocket\r\nDate: x\r\n\r\n",
                connection: option));
    }

    [Fact]
    public void Write_WithoutDate_AddsIt()
    {
        Assert.Equal(
            $"HTTP/1.1 200 OK\r\nX-A: 1\r\n{DateLine}\r\n", Write("HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n"));
        Assert.Equal($"HTTP/1.1 200 OK\r\n{DateLine}\r\n", Write("HTTP/1.1 200 OK\r\n\r\n"));
    }

    [Fact]
    public void Write_OfManyUpgradeLines_StaysWithinItsBuffer()
    {
        var lines = string.Concat(Enumerable.Repeat("Upgrade:x\r\n", 250));

        var written = Write(
            $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n{lines}\r\n",
            connection: ConnectionOption.Upgrade);

        Assert.Equal(250, written.Split("\r\nUpgrade: x").Length - 1);
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void RecordedResponse_Forwarded_KeepsEverythingElse(string name)
    {
        var response = FixtureFiles.ReadResponse(name);

        Forwarding.CheckResponse(response, Forwarder.Response(response, []), toHead: false);
    }

    [Fact]
    public void Write_IntoABufferOfEnoughSize_AllocatesNothing()
    {
        using var head = Response(Latin1(FixtureFiles.Split(FixtureFiles.ReadResponse("anthropic-stream")).Head));
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        var rewrite = new ResponseRewrite { Chunked = true, DateLine = "Date: x\r\n"u8 };
        ResponseHeadWriter.Write(output, head, rewrite);

        var before = GC.GetAllocatedBytesForCurrentThread();
        ResponseHeadWriter.Write(output, head, rewrite);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
    }

    private static string Write(
        string text, bool chunked = false, ConnectionOption connection = ConnectionOption.None)
    {
        using var head = Response(text);
        var output = new ExactBufferWriter();
        var written = ResponseHeadWriter.Write(output, head, new ResponseRewrite
        {
            Chunked = chunked,
            Connection = connection,
            DateLine = System.Text.Encoding.ASCII.GetBytes(DateLine),
        });

        Assert.Equal(written, output.Written.Length);
        return Latin1(output.Written);
    }
}
