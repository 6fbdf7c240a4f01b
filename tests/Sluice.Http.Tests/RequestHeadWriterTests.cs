using System.Buffers;
using Sluice.Fuzz;
using Sluice.Testing;
using static Sluice.Http.Tests.HeadParsing;

namespace Sluice.Http.Tests;

/// <summary>Heads of requests to upstreams, as exact bytes.</summary>
public sealed class RequestHeadWriterTests
{
    public static TheoryData<string> Fixtures => [.. FixtureFiles.Requests];

    [Fact]
    public void Write_OfPlainFields_KeepsOrderCaseAndSpacing()
    {
        Assert.Equal(
            "POST /v1/messages?beta=true HTTP/1.1\r\nX-b:  two \r\nHost: api.example\r\nx-A:1\r\n"
            + "Content-Length: 5\r\nX-b:\tthree\r\nX-Empty:\r\n\r\n",
            Write("POST /a HTTP/1.1\r\nX-b:  two \r\nhost:gateway:8787\r\nx-A:1\r\n"
                + "Content-Length: 5\r\nX-b:\tthree\r\nX-Empty:\r\n\r\n", BodyFraming.OfLength(5)));
    }

    [Fact]
    public void Write_OfConnectionFields_LeavesThemOut()
    {
        Assert.Equal(
            "POST /v1/messages?beta=true HTTP/1.1\r\nHost: api.example\r\nX-A: 1\r\nTrailer: X-T\r\n\r\n",
            Write("POST /a HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n"
                + "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic x\r\nX-A: 1\r\nTE: trailers\r\n"
                + "Upgrade: websocket\r\nTrailer: X-T\r\n\r\n"));
    }

    [Fact]
    public void Write_OfNominatedFields_LeavesThemOut()
    {
        Assert.Equal(
            "POST /v1/messages?beta=true HTTP/1.1\r\nHost: api.example\r\nX-Hops: 1\r\n\r\n",
            Write("POST /a HTTP/1.1\r\nx-hop: 0\r\nHost: a\r\nConnection: X-Hop,close\r\nX-HOP: 1\r\nX-Hops: 1\r\n"
                + "Connection: , x-other\r\nX-Other: 1\r\n\r\n"));
    }

    [Fact]
    public void Write_OfNominatedFramingAndRouting_KeepsThem()
    {
        Assert.Equal(
            "POST /v1/messages?beta=true HTTP/1.1\r\nHost: api.example\r\nContent-Length: 5\r\n"
            + "Content-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n",
            Write("POST /a HTTP/1.1\r\nHost: a\r\n"
                + "Connection: content-length, host, content-type, content-encoding, transfer-encoding\r\n"
                + "Content-Length: 5\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n",
                BodyFraming.OfLength(5)));
    }

    [Fact]
    public void Write_OfGatewaySettings_LeavesThemOut()
    {
        Assert.Equal(
            "POST /v1/messages?beta=true HTTP/1.1\r\nHost: api.example\r\nx-cf-aig-x: 1\r\ncf-ray: 2\r\n\r\n",
            Write("POST /a HTTP/1.1\r\ncf-aig-authorization: Bearer t\r\nHost: a\r\nCF-AIG-Metadata: {}\r\n"
                + "x-cf-aig-x: 1\r\ncf-cache-ttl: 5\r\ncf-skip-cache: true\r\ncf-ray: 2\r\ncf-aig-new: 1\r\n\r\n"));
    }

    [Fact]
    public void Write_OfAChunkedBody_SaysSoOnce()
    {
        Assert.Equal(
            "POST /v1/messages?beta=true HTTP/1.1\r\nHost: api.example\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            Write("POST /a HTTP/1.1\r\nHost: a\r\ntransfer-encoding: CHUNKED\r\nX-A: 1\r\n\r\n", BodyFraming.Chunked));
    }

    [Fact]
    public void Write_WithoutHost_PutsItFirst()
    {
        Assert.Equal(
            "GET /v1/messages?beta=true HTTP/1.1\r\nHost: api.example\r\nX-A: 1\r\n\r\n",
            Write("GET /a HTTP/1.0\r\nX-A: 1\r\n\r\n"));
        Assert.Equal(
            "GET /v1/messages?beta=true HTTP/1.1\r\nHost: api.example\r\n\r\n", Write("GET /a HTTP/1.0\r\n\r\n"));
    }

    [Fact]
    public void Write_AfterEmptyLines_LeavesThemOut()
    {
        Assert.Equal(
            "GET /v1/messages?beta=true HTTP/1.1\r\nHost: api.example\r\n\r\n",
            Write("\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Fact]
    public void Write_WithFieldsToOmit_LeavesOutTheseToo()
    {
        Assert.Equal(
            "GET /v1/messages?beta=true HTTP/1.1\r\nHost: api.example\r\nX-A: 1\r\n\r\n",
            Write("GET /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nX-A: 1\r\naccept: */*\r\n\r\n",
                omit: (1UL << (int)KnownHeader.Expect) | (1UL << (int)KnownHeader.Accept)));
    }

    [Fact]
    public void Write_OfAnUpgrade_AsksForItAndNothingElse()
    {
        Assert.Equal(
            "GET /v1/messages?beta=true HTTP/1.1\r\nHost: api.example\r\nSec-WebSocket-Version: 13\r\n"
            + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            Write("GET /a HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nupgrade:websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\n\r\n", upgrade: true));
    }

    [Fact]
    public void Write_OfManyUpgradeLines_StaysWithinItsBuffer()
    {
        // Each line comes out a byte longer than it may have come in; the writer must have counted on that.
        var lines = string.Concat(Enumerable.Repeat("Upgrade:x\r\n", 250));
        using var head = Request($"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n{lines}\r\n");
        var output = new ExactBufferWriter();

        RequestHeadWriter.Write(output, head, new RequestRewrite
        {
            Target = "/"u8,
            Host = "a"u8,
            Framing = BodyFraming.None,
            Upgrade = true,
        });

        Assert.Equal(250, Latin1(output.Written).Split("\r\nUpgrade: x").Length - 1);
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void RecordedRequest_Forwarded_KeepsEverythingElse(string name)
    {
        var request = FixtureFiles.ReadRequest(name);

        Forwarding.CheckRequest(request, Forwarder.Request(request, []));
        Forwarding.CheckRequest(request, Forwarder.Request(request, [request.Length / 3, request.Length / 2]));
    }

    [Fact]
    public void RecordedRequest_OfClaudeCode_LosesOnlyConnectionAndGatewayToken()
    {
        var (bytes, _) = FixtureFiles.Split(FixtureFiles.ReadRequest("claude-code-turn1"));
        var text = Latin1(bytes);
        var removed = text.Split("\r\n").Where(line =>
            line.StartsWith("Connection:", StringComparison.Ordinal)
            || line.StartsWith("cf-aig-", StringComparison.OrdinalIgnoreCase)).ToArray();
        var host = text.Split("\r\n").Single(line => line.StartsWith("Host:", StringComparison.Ordinal));
        var expected = removed.Aggregate(text, (t, line) => t.Replace(line + "\r\n", "", StringComparison.Ordinal))
            .Replace(host, "Host: api.example", StringComparison.Ordinal);
        var fields = expected[expected.IndexOf('\r', StringComparison.Ordinal)..];

        Assert.Equal(2, removed.Length);
        Assert.Equal($"POST /v1/messages?beta=true HTTP/1.1{fields}", Write(text, BodyFraming.OfLength(1)));
    }

    [Fact]
    public void Write_IntoABufferOfEnoughSize_AllocatesNothing()
    {
        using var head = Request(Latin1(FixtureFiles.Split(FixtureFiles.ReadRequest("claude-code-turn1")).Head));
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        var rewrite = new RequestRewrite { Target = "/"u8, Host = "a"u8, Framing = BodyFraming.None };
        RequestHeadWriter.Write(output, head, rewrite);

        var before = GC.GetAllocatedBytesForCurrentThread();
        RequestHeadWriter.Write(output, head, rewrite);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
    }

    private static string Write(string text, BodyFraming framing = default, bool upgrade = false, ulong omit = 0)
    {
        using var head = Request(text);
        var output = new ExactBufferWriter();
        var written = RequestHeadWriter.Write(output, head, new RequestRewrite
        {
            Target = "/v1/messages?beta=true"u8,
            Host = "api.example"u8,
            Framing = framing,
            Upgrade = upgrade,
            Omit = omit,
        });

        Assert.Equal(written, output.Written.Length);
        return Latin1(output.Written);
    }
}
