using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>
/// What an upstream does wrong is told to the client as long as it can be told, and otherwise shown by a cut.
/// </summary>
public sealed class UpstreamFaultTests
{
    private const string Get = "GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n\r\n";

    public static TheoryData<string, string> Malformed => new()
    {
        { "garbage\r\n\r\n", "the status line is not" },
        { "SSH-2.0-OpenSSH_9.2\r\n", "the status line is not" },
        { "HTTP/2 200 OK\r\n\r\n", "the status line is not" },
        { "HTTP/1.1 20 OK\r\n\r\n", "the status line is not" },
        { "HTTP/1.1 200 OK\nA: b\n\n", "LF without CR" },
        { "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "before the colon" },
        { "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "folded" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "there are both" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "more than one Content-Length" },
        { "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "Content-Length is not a plain" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", "does not end in a single 'chunked'" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "other than 'chunked'" },
        { "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "an HTTP/1.0 message has" },
        { "HTTP/1.1 200 OK\r\nContent-", "the connection ended within the response's head" },
    };

    public static TheoryData<string> BrokenChunks => new()
    {
        "zz\r\n", "3\r\ndefX", "3\ndef\r\n", "0\r\nHost: x\r\n\r\n",
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Response_Malformed_Is502AndTheClientMayGoOn(string response, string detail)
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(response);
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            var answer = await client.ReadMessageAsync();
            AssertFault(answer, 5022, "The provider sent a malformed response: ");
            Assert.Contains(detail, ErrorBody.Read(answer).Message, StringComparison.Ordinal);
            Assert.Null(answer.Header("connection"));
        }

        Assert.Equal(2, upstream.Connections);
    }

    [Theory]
    [MemberData(nameof(BrokenChunks))]
    public async Task Response_WithABrokenChunk_IsCutBehindTheLastWholeOne(string broken)
    {
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" + broken));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Get);
        var answer = await client.ReadMessageAsync();

        Assert.False(answer.IsWhole);
        Assert.StartsWith("abc", answer.BodyText, StringComparison.Ordinal);
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Response_ShorterThanItsLength_IsCut()
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Get);
        var answer = await client.ReadMessageAsync();

        Assert.False(answer.IsWhole);
        Assert.Equal("short", answer.BodyText);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokSURPLUS")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    public async Task Response_WithBytesBehindIt_ReachesNoOtherRequest(string response)
    {
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(response));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal("ok", (await client.ReadMessageAsync()).BodyText);
        }

        Assert.Equal(3, upstream.Connections);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upstream_EndingBeforeItAnswers_Is502(bool byReset)
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            if (byReset)
            {
                peer.Reset();
            }
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            AssertFault(await client.ReadMessageAsync(), 5023, "The provider closed the connection before it answered");
        }

        // A fresh connection that ends is no idle close that crossed the request: nothing is sent twice.
        Assert.Equal(2, upstream.Connections);
    }

    [Fact]
    public async Task Upstream_RefusingConnections_Is502AndTheClientMayGoOn()
    {
        using var nobody = new UnreachablePort();
        await using var gateway = await GatewayHost.StartAsync(nobody.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            AssertFault(await client.ReadMessageAsync(), 5020, "Could not connect to the provider");
        }
    }

    [Fact]
    public async Task Upstream_RefusingConnections_EndsTheConnectionOfAClientWithABody()
    {
        using var nobody = new UnreachablePort();
        await using var gateway = await GatewayHost.StartAsync(nobody.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("POST /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\nContent-Length: 5\r\n\r\nhello" + Get);
        var answer = await client.ReadMessageAsync();
        client.ShutdownSend();

        AssertFault(answer, 5020, "Could not connect to the provider");
        Assert.Equal("close", answer.Header("connection"));
        Assert.Empty(await client.ReadToEndAsync());
    }

    private static void AssertFault(RawMessage answer, int code, string message)
    {
        var error = ErrorBody.Read(answer);
        Assert.Equal(502, answer.Status);
        Assert.Equal(502, error.HttpCode);
        Assert.Equal(code, error.Code);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Description, StringComparison.Ordinal);
        Assert.Equal("upstream", error.Source);
    }
}
