using System.Collections.Concurrent;
using System.Text;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>Where responses end, for each kind of response and of client.</summary>
public sealed class ResponseFramingTests
{
    private const string Get = "GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n\r\n";
    private const string OldGet = "GET /v1/acct/gw/openai/x HTTP/1.0\r\nHost: g\r\n\r\n";
    private const string OldKeptGet = "GET /v1/acct/gw/openai/x HTTP/1.0\r\nHost: g\r\nConnection: keep-alive\r\n\r\n";
    private const string Dated = "Date: Sat, 21 Nov 2026 12:57:15 GMT\r\n";
    private const string Chunked = "HTTP/1.1 200 OK\r\n" + Dated + "Transfer-Encoding: chunked\r\n\r\n";

    [Fact]
    public async Task Head_WithContentLength_HasNoBodyAndKeepsTheLength()
    {
        await using var upstream = Answering("HTTP/1.1 200 OK\r\n" + Dated + "Content-Length: 1234\r\n\r\n");
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("HEAD /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n\r\n");
            var answer = await client.ReadMessageAsync(hasBody: false);
            Assert.Equal("HTTP/1.1 200 OK\r\n" + Dated + "Content-Length: 1234\r\n\r\n", answer.Head);
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Head_OfAChunkedResource_HasNoBody()
    {
        await using var upstream = Answering(Chunked);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("HEAD /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n\r\n");
            Assert.Equal("HTTP/1.1 200 OK\r\n" + Dated + "\r\n", (await client.ReadMessageAsync(hasBody: false)).Head);
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Theory]
    [InlineData("204 No Content", "")]
    [InlineData("304 Not Modified", "Content-Length: 99\r\nETag: \"x\"\r\n")]
    public async Task Response_WithoutBodyByItsStatus_IsFollowedByTheNext(string status, string fields)
    {
        await using var upstream = Answering($"HTTP/1.1 {status}\r\n{Dated}{fields}\r\n");
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal($"HTTP/1.1 {status}\r\n{Dated}{fields}\r\n", (await client.ReadMessageAsync()).Head);
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Interim_Responses_ArePassedOnAsTheyCome()
    {
        var next = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Answering(async (_, peer) =>
        {
            await peer.SendAsync("HTTP/1.1 102 Processing\r\n\r\n");
            await next.WaitAsync();
            await peer.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n");
            await next.WaitAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\n" + Dated + "Content-Length: 2\r\n\r\nok");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Get);

        Assert.Equal("HTTP/1.1 102 Processing\r\n\r\n", (await client.ReadMessageAsync()).Head);
        next.Release();
        Assert.Equal(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n", (await client.ReadMessageAsync()).Head);
        next.Release();
        Assert.Equal("ok", (await client.ReadMessageAsync()).BodyText);
    }

    [Fact]
    public async Task Interim_ResponsesToHttp10_AreLeftOut()
    {
        await using var upstream = Answering(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
            + "HTTP/1.1 200 OK\r\n" + Dated + "Content-Length: 2\r\n\r\nok");
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(OldGet);
        var answer = await client.ReadMessageAsync();

        Assert.Equal(
            "HTTP/1.1 200 OK\r\n" + Dated + "Content-Length: 2\r\nConnection: close\r\n\r\n", answer.Head);
        Assert.Equal("ok", answer.BodyText);
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Expectation_MetByUpstream_LetsTheBodyThrough()
    {
        var body = "";
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            var head = await peer.ReadUntilAsync("\r\n\r\n");
            Assert.Contains("\r\nExpect: 100-continue\r\n", head, StringComparison.Ordinal);
            await peer.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
            body = await peer.ReadUntilAsync("hello");
            await peer.SendAsync("HTTP/1.1 200 OK\r\n" + Dated + "Content-Length: 2\r\n\r\nok");
            await peer.ReadToEndAsync();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(
            "POST /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadUntilAsync("\r\n\r\n"));
        await client.SendAsync("hello");

        Assert.Equal("ok", (await client.ReadMessageAsync()).BodyText);
        Assert.Equal("hello", body);
    }

    [Theory]
    [InlineData("417 Expectation Failed")]
    [InlineData("413 Content Too Large")]
    public async Task Expectation_RefusedByUpstream_EndsTheConnectionWithoutTheBody(string status)
    {
        var rest = new TaskCompletionSource<byte[]>();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadUntilAsync("\r\n\r\n");
            await peer.SendAsync($"HTTP/1.1 {status}\r\n{Dated}Content-Length: 2\r\n\r\nno");
            rest.SetResult(await peer.ReadToEndAsync());
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(
            "POST /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        var answer = await client.ReadMessageAsync();
        client.ShutdownSend();

        Assert.Equal($"HTTP/1.1 {status}\r\n{Dated}Content-Length: 2\r\nConnection: close\r\n\r\n", answer.Head);
        Assert.Equal("no", answer.BodyText);
        Assert.Empty(await client.ReadToEndAsync());
        Assert.Empty(await rest.Task.OrHang());
    }

    [Fact]
    public async Task Http10_Client_GetsItsConnectionClosed()
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(
            Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n" + Dated + "Content-Length: 2\r\n\r\nok"), seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(OldGet);
        var answer = await client.ReadMessageAsync();

        Assert.Equal("close", answer.Header("connection"));
        Assert.Equal("ok", answer.BodyText);
        Assert.Empty(await client.ReadToEndAsync());
        Assert.Equal($"GET /x HTTP/1.1\r\nHost: 127.0.0.1:{upstream.Port}\r\n\r\n", Assert.Single(seen).Head);
    }

    [Fact]
    public async Task Http10_ClientThatAsksForIt_KeepsItsConnection()
    {
        await using var upstream = Answering("HTTP/1.1 200 OK\r\n" + Dated + "Content-Length: 2\r\n\r\nok");
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(OldKeptGet);
            Assert.Equal("keep-alive", (await client.ReadMessageAsync()).Header("connection"));
        }
    }

    [Fact]
    public async Task Http10_ClientOfAChunkedResponse_GetsItDecodedUpToTheClose()
    {
        await using var upstream = Answering(Chunked + "3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Trailer: 1\r\n\r\n");
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(OldKeptGet);
        var answer = await client.ReadMessageAsync();

        Assert.Equal("HTTP/1.1 200 OK\r\n" + Dated + "Connection: close\r\n\r\n", answer.Head);
        Assert.Equal("abcdefg", answer.BodyText);
        Assert.False(client.WasReset);
    }

    [Theory]
    [InlineData(Chunked + "3\r\nabc\r\n")]
    [InlineData(Chunked + "3\r\nabc\r\nzz\r\n")]
    public async Task Http10_ClientOfACutResponse_SeesAReset(string response)
    {
        var hasArrived = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(response[..(Chunked.Length + 8)]);
            await hasArrived.Task;
            await peer.SendAsync(response[(Chunked.Length + 8)..]);
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(OldGet);
        await client.ReadUntilAsync("abc");
        hasArrived.SetResult();

        Assert.Empty(await client.ReadToEndAsync());
        Assert.True(client.WasReset);
    }

    [Fact]
    public async Task Http10_Upstream_IsCloseDelimitedAndBecomesChunked()
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync("HTTP/1.0 200 OK\r\n" + Dated + "\r\nto the end");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            var answer = await client.ReadMessageAsync();
            Assert.Equal("HTTP/1.1 200 OK\r\n" + Dated + "Transfer-Encoding: chunked\r\n\r\n", answer.Head);
            Assert.Equal("to the end", answer.BodyText);
            Assert.True(answer.IsWhole);
        }
    }

    [Fact]
    public async Task Trailers_BothWays_ArePassedOn()
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(
            Encoding.ASCII.GetBytes(Chunked + "2\r\nok\r\n0\r\nX-Down: 1\r\nX-More:  2\r\n\r\n"), seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(
            "POST /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\nTrailer: X-Up\r\n\r\n"
            + "5;ext=1\r\nhello\r\n0\r\nX-Up: 3\r\n\r\n");
        var answer = await client.ReadMessageAsync();

        Assert.Equal(
            Chunked + "2\r\nok\r\n0\r\nX-Down: 1\r\nX-More:  2\r\n\r\n", Encoding.Latin1.GetString(answer.Raw));
        Assert.Equal(
            $"POST /x HTTP/1.1\r\nHost: 127.0.0.1:{upstream.Port}\r\nTrailer: X-Up\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n0\r\nX-Up: 3\r\n\r\n",
            Encoding.Latin1.GetString(Assert.Single(seen).Raw));
    }

    [Fact]
    public async Task Response_BeforeTheRequestIsWhole_IsPassedOnAtOnceAndEndsTheConnection()
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadUntilAsync("begin");
            await peer.SendAsync("HTTP/1.1 413 Content Too Large\r\n" + Dated + "Content-Length: 2\r\n\r\nno");
            await peer.ReadToEndAsync();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("POST /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nContent-Length: 1000000\r\n\r\nbegin");
        var answer = await client.ReadMessageAsync();
        await client.SendAsync(new byte[100_000]);
        client.ShutdownSend();

        Assert.Equal(413, answer.Status);
        Assert.Equal("close", answer.Header("connection"));
        Assert.Equal("no", answer.BodyText);
        Assert.Empty(await client.ReadToEndAsync());
        Assert.False(client.WasReset);
    }

    [Fact]
    public async Task Response_OfAnUpstreamThatResetsTheUpload_IsStillPassedOn()
    {
        // It leaves the body unread, so that its close becomes a reset while the gateway is still sending.
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadUntilAsync("begin");
            await peer.SendAsync("HTTP/1.1 413 Content Too Large\r\n" + Dated + "Content-Length: 2\r\n\r\nno");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("POST /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nContent-Length: 8000000\r\n\r\nbegin");
        await client.SendAsync(new byte[7_000_000]).OrHang();
        var answer = await client.ReadMessageAsync();

        Assert.Equal((413, "no"), (answer.Status, answer.BodyText));
    }

    [Fact]
    public async Task Connection_CloseFromTheClient_IsKeptAndConcernsNobodyElse()
    {
        await using var upstream = Answering("HTTP/1.1 200 OK\r\n" + Dated + "Content-Length: 2\r\n\r\nok");
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);

        for (var i = 0; i < 2; i++)
        {
            await using var client = await gateway.ConnectAsync();
            await client.SendAsync("GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n");
            var answer = await client.ReadMessageAsync();
            Assert.Equal(
                "HTTP/1.1 200 OK\r\n" + Dated + "Content-Length: 2\r\nConnection: close\r\n\r\n", answer.Head);
            Assert.Empty(await client.ReadToEndAsync());
            Assert.False(client.WasReset);
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Connection_CloseFromTheUpstream_LeavesTheClientsOpen()
    {
        await using var upstream = Answering(
            "HTTP/1.1 200 OK\r\n" + Dated + "Connection: close\r\nContent-Length: 2\r\n\r\nok");
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal(
                "HTTP/1.1 200 OK\r\n" + Dated + "Content-Length: 2\r\n\r\n", (await client.ReadMessageAsync()).Head);
        }

        Assert.Equal(2, upstream.Connections);
    }

    [Fact]
    public async Task Response_StreamingWhileTheRequestIsUploaded_FlowsBothWays()
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadUntilAsync("one");
            await peer.SendAsync(Chunked + "1\r\n1\r\n");
            await peer.ReadUntilAsync("two");
            await peer.SendAsync("1\r\n2\r\n0\r\n\r\n");
            await peer.ReadToEndAsync();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("POST /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nContent-Length: 6\r\n\r\none");
        await client.ReadUntilAsync("1\r\n1\r\n");
        await client.SendAsync("two");

        Assert.Equal("1\r\n2\r\n0\r\n\r\n", await client.ReadUntilAsync("0\r\n\r\n"));
    }

    private static ScriptedUpstream Answering(string response) =>
        ScriptedUpstream.Answering((_, peer) => peer.SendAsync(response));
}
