using System.Collections.Concurrent;
using Sluice.Http;
using Sluice.Proxy.Model;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>
/// A request that cannot be understood, or that asks too much, is refused before any upstream hears of it.
/// </summary>
public sealed class FramingTests
{
    private const string Post = "POST /v1/acct/gw/openai/responses HTTP/1.1\r\nHost: g\r\n";

    private static readonly EngineLimits Small = new()
    {
        Head = new HttpLimits { RequestLineBytesMax = 256, HeadBytesMax = 1024, HeaderCountMax = 8 },
        RequestBodyBytesMax = 100,
    };

    public static TheoryData<string, int, int, string> Refused => new()
    {
        { "\u0001\u0002\u0003\r\n\r\n", 400, 4000, "the method is not a token" },
        { "GET\r\n\r\n", 400, 4000, "the request line is not" },
        { "GET /v1/acct/gw/openai/x\r\n\r\n", 400, 4000, "the request line is not" },
        { "GET  /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n\r\n", 400, 4000, "the request line is not" },
        { "G@T /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n\r\n", 400, 4000, "the method is not a token" },
        { "GET /v1/acct/gw/openai/x#y HTTP/1.1\r\nHost: g\r\n\r\n", 400, 4000, "must be percent-encoded" },
        { "GET /v1/acct/gw/openai/x\ty HTTP/1.1\r\nHost: g\r\n\r\n", 400, 4000, "must be percent-encoded" },
        { "GET /v1/acct/gw/openai/x HTTP/1.1\nHost: g\n\n", 400, 4000, "LF without CR" },
        { "GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\nA: b\r\n\r\n", 400, 4000, "LF without CR" },
        { "GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nA: b\rc\r\n\r\n", 400, 4000, "a CR is not followed by LF" },
        { "GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nA: b\0\r\n\r\n", 400, 4000, "control character" },
        { "GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nA B: c\r\n\r\n", 400, 4000, "a header name is" },
        { "GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nno colon\r\n\r\n", 400, 4000, "a header name is" },
        { "GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nA : b\r\n\r\n", 400, 4000, "before the colon" },
        { "GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nA: b\r\n c\r\n\r\n", 400, 4000, "folded" },
        { "GET /v1/acct/gw/openai/x HTTP/1.1\r\nAccept: */*\r\n\r\n", 400, 4000, "Host is missing" },
        { "GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nHost: g\r\n\r\n", 400, 4000, "more than one Host" },
        { "GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: a b\r\n\r\n", 400, 4000, "Host is not" },
        { Post + "Content-Length: -1\r\n\r\n", 400, 4000, "Content-Length is not a plain" },
        { Post + "Content-Length: 1e1\r\n\r\n", 400, 4000, "Content-Length is not a plain" },
        { Post + "Content-Length: 5, 5\r\n\r\nhello", 400, 4000, "Content-Length is not a plain" },
        { Post + "Content-Length: 9999999999999999999\r\n\r\n", 400, 4000, "Content-Length is not a plain" },
        { Post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400, 4000, "more than one Content-Length" },
        { "POST /v1/acct/gw/openai/x HTTP/1.0\r\nHost: g\r\n\r\n", 411, 4110, "needs Content-Length" },
        { Post + "Content-Length: 101\r\n\r\n", 413, 4130, "too long" },
        { $"GET /v1/acct/gw/openai/{new string('x', 256)} HTTP/1.1\r\nHost: g\r\n\r\n", 414, 4140, "longer than" },
        { $"GET /v1/acct/gw/openai/{new string('x', 2048)}", 414, 4140, "longer than the limit" },
        { Post + "Expect: 200-ok\r\nContent-Length: 1\r\n\r\nx", 417, 4170, "Expect is not" },
        { Post + $"A: {new string('x', 1024)}\r\n\r\n", 431, 4310, "larger than the limit" },
        { Post + string.Concat(Enumerable.Repeat("A: b\r\n", 8)) + "\r\n", 431, 4310, "more headers than the limit" },
        { Post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, 5010, "other than 'chunked'" },
        { "CONNECT api.openai.com:443 HTTP/1.1\r\nHost: api.openai.com:443\r\n\r\n", 501, 5010, "Not implemented" },
        { "GET /v1/acct/gw/openai/x HTTP/2.0\r\nHost: g\r\n\r\n", 505, 5050, "not HTTP/1.0 or HTTP/1.1" },
        { "GET /v1/acct/gw/openai/x HTTP/0.9\r\nHost: g\r\n\r\n", 505, 5050, "not HTTP/1.0 or HTTP/1.1" },
    };

    /// <summary>
    /// Attempts to make two readers see the end of a request in two places. Behind each a second request waits.
    /// </summary>
    public static TheoryData<string> Smuggling => new()
    {
        // CL.TE and TE.CL: both lengths.
        Post + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        Post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n8\r\nSMUGGLED\r\n0\r\n\r\n",

        // TE.TE: a coding that one of two readers does not recognise.
        Post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        Post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
        Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        Post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        Post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        Post + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
        Post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
        Post + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        Post + "Transfer-Encoding:\r\n\r\n0\r\n\r\n",
        Post + "X: y\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        Post + " Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        Post + "Content-Length: 0\r\nContent-Length: 30\r\n\r\n",
        Post + "Content-Length: +5\r\n\r\nhello",
        Post + "Content-Length: 0x5\r\n\r\nhello",
        Post + "Content-Length:\r\n\r\n",
        "POST /v1/acct/gw/openai/x HTTP/1.0\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    };

    public static TheoryData<string> BrokenChunks => new()
    {
        "zz\r\n",
        "\r\n",
        "-1\r\nx\r\n",
        "0x3\r\nabc\r\n",
        "5\nhello\r\n",
        "5\r\nhelloX",
        "5\r\nhello\n",
        "1000000000000000\r\n",
        "5;a\u0001\r\nhello\r\n",
        $"5;{new string('a', 1025)}\r\nhello\r\n",
        "0\r\nContent-Length: 5\r\n\r\n",
        "0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "0\r\nno colon\r\n\r\n",
        "0\r\n\rX",
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Request_Refused_IsAnsweredAndItsConnectionClosed(
        string request, int status, int code, string reason)
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, new GatewayHostOptions { Limits = Small });
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(request);
        var answer = await client.ReadMessageAsync();

        AssertRefusal(answer, status, code, reason);
        await AssertClosedAsync(client);
        Assert.Equal(0, upstream.Connections);
    }

    [Theory]
    [MemberData(nameof(Smuggling))]
    public async Task Request_WithAmbiguousEnd_IsRefusedAndWhatFollowsIsNeverRead(string request)
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(request + "GET /v1/acct/gw/openai/smuggled HTTP/1.1\r\nHost: g\r\n\r\n");
        var answer = await client.ReadMessageAsync();

        Assert.True(answer.Status is 400 or 501, answer.Head);
        Assert.Equal("close", answer.Header("connection"));
        await AssertClosedAsync(client);
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task Body_ThatLooksLikeARequest_StaysABody()
    {
        const string Hidden = "GET /v1/acct/gw/openai/hidden HTTP/1.1\r\nHost: g\r\n\r\n";
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(
            Post + $"Content-Length: {Hidden.Length}\r\n\r\n{Hidden}"
            + Post + $"Transfer-Encoding: chunked\r\n\r\n{Hidden.Length:x}\r\n{Hidden}\r\n0\r\n\r\n"
            + "GET /v1/acct/gw/openai/last HTTP/1.1\r\nHost: g\r\n\r\n");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await client.ReadMessageAsync()).Status);
        }

        Assert.Equal(
            ["POST /responses HTTP/1.1", "POST /responses HTTP/1.1", "GET /last HTTP/1.1"],
            seen.Select(request => request.StartLine));
        Assert.Equal([Hidden, Hidden, ""], seen.Select(request => request.BodyText));
    }

    [Theory]
    [MemberData(nameof(BrokenChunks))]
    public async Task ChunkedBody_BrokenInTheMiddle_NeverReachesUpstreamAsWhole(string rest)
    {
        var received = new TaskCompletionSource<RawMessage?>();
        await using var upstream = new ScriptedUpstream(
            async peer => received.SetResult(await peer.TryReadMessageAsync()));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" + rest);
        var answer = await client.ReadMessageAsync();

        AssertRefusal(answer, 400, 4001, "Malformed request body: ");
        await AssertClosedAsync(client);
        Assert.False((await received.Task.OrHang())?.IsWhole ?? false);
    }

    [Fact]
    public async Task ChunkedBody_GrowingOverItsLimit_Gets413AndNeverReachesUpstreamAsWhole()
    {
        var received = new TaskCompletionSource<RawMessage?>();
        await using var upstream = new ScriptedUpstream(
            async peer => received.SetResult(await peer.TryReadMessageAsync()));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, new GatewayHostOptions { Limits = Small });
        await using var client = await gateway.ConnectAsync();

        var chunk = $"32\r\n{new string('x', 50)}\r\n";
        await client.SendAsync(Post + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk + "0\r\n\r\n");

        AssertRefusal(await client.ReadMessageAsync(), 413, 4130, "The request body is too long");
        await AssertClosedAsync(client);
        Assert.False((await received.Task.OrHang())?.IsWhole ?? false);
    }

    [Fact]
    public async Task Head_NotComingToItsEnd_Gets408()
    {
        var options = new GatewayHostOptions
        {
            Limits = new EngineLimits { RequestHeadTimeout = TimeSpan.FromMilliseconds(50) },
        };
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, options);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET /v1/acct/gw/openai/x HTT");

        AssertRefusal(await client.ReadMessageAsync(), 408, 4080, "did not arrive in time");
        await AssertClosedAsync(client);
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task Body_NotComingToItsEnd_Gets408AndNeverReachesUpstreamAsWhole()
    {
        var options = new GatewayHostOptions
        {
            Limits = new EngineLimits { RequestBodyIdleTimeout = TimeSpan.FromMilliseconds(50) },
        };
        var received = new TaskCompletionSource<RawMessage?>();
        await using var upstream = new ScriptedUpstream(
            async peer => received.SetResult(await peer.TryReadMessageAsync()));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, options);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Post + "Content-Length: 6\r\n\r\nhello");

        AssertRefusal(await client.ReadMessageAsync(), 408, 4081, "did not arrive in time");
        await AssertClosedAsync(client);
        Assert.False((await received.Task.OrHang())?.IsWhole ?? false);
    }

    [Fact]
    public async Task Connection_OfAClientThatStays_IsClosedAllTheSame()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("bad\r\n\r\n");

        Assert.Equal(400, (await client.ReadMessageAsync()).Status);
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Answer_ToAClientThatIsStillSending_IsNotLostInAReset()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, new GatewayHostOptions { Limits = Small });
        await using var client = await gateway.ConnectAsync();

        // More than all buffers on the way take, so that the client is in the middle of it when the answer comes.
        await client.SendAsync(Post + "Content-Length: 16777216\r\n\r\n");
        await client.SendAsync(new byte[16 * 1024 * 1024]).OrHang();

        AssertRefusal(await client.ReadMessageAsync(), 413, 4130, "The request body is too long");
        await AssertClosedAsync(client);
    }

    private static void AssertRefusal(RawMessage answer, int status, int code, string reason)
    {
        var error = ErrorBody.Read(answer);
        Assert.Equal(status, answer.Status);
        Assert.Equal(status, error.HttpCode);
        Assert.Equal(code, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Description, StringComparison.Ordinal);
        Assert.Equal("client", error.Source);
        Assert.Equal("close", answer.Header("connection"));
    }

    // The client ends its own direction first: the gateway waits for that for a moment, so that no reset destroys the
    // answer.
    private static async Task AssertClosedAsync(RawPeer client)
    {
        client.ShutdownSend();
        Assert.Empty(await client.ReadToEndAsync());
        Assert.False(client.WasReset);
    }
}
