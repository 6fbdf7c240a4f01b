using System.Collections.Concurrent;
using System.Text;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>What goes in comes out: the plain cases, byte by byte.</summary>
public sealed class PassThroughTests
{
    [Fact]
    public async Task Request_WithLength_ReachesUpstreamUnchangedButForItsConnectionHeaders()
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-Odd-Case:  two  spaces \r\n\r\nok"u8.ToArray(), seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(
            "POST /v1/acct/gw/anthropic/v1/messages?beta=true HTTP/1.1\r\n"
            + "X-First: 1\r\nHost: gateway.example\r\nConnection: keep-alive, x-hop\r\nx-hop: gone\r\n"
            + "cf-aig-authorization: Bearer t\r\nX-Last:\tz\r\nContent-Length: 5\r\n\r\nhello");
        var answer = await client.ReadMessageAsync();

        Assert.True(seen.TryDequeue(out var request));
        Assert.Equal(
            "POST /v1/messages?beta=true HTTP/1.1\r\n"
            + $"X-First: 1\r\nHost: 127.0.0.1:{upstream.Port}\r\nX-Last:\tz\r\nContent-Length: 5\r\n\r\nhello",
            Encoding.Latin1.GetString(request.Raw));
        Assert.StartsWith("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-Odd-Case:  two  spaces \r\nDate: ", answer.Head, StringComparison.Ordinal);
        Assert.Equal("ok", answer.BodyText);
    }

    [Fact]
    public async Task Connection_SeveralRequests_UsesOneUpstreamConnection()
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"u8.ToArray(), seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("GET /v1/acct/gw/openai/models HTTP/1.1\r\nHost: g\r\n\r\n");
            Assert.Equal(200, (await client.ReadMessageAsync()).Status);
        }

        Assert.Equal(3, seen.Count);
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Stream_EachChunk_ArrivesBeforeTheNextIsSent()
    {
        var next = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Answering(async (_, peer) =>
        {
            await peer.SendAsync("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            for (var i = 0; i < 5; i++)
            {
                await next.WaitAsync();
                await peer.SendAsync($"9\r\ndata: {i}\n\n\r\n");
            }

            await peer.SendAsync("0\r\n\r\n");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n\r\n");
        await client.ReadUntilAsync("\r\n\r\n");
        for (var i = 0; i < 5; i++)
        {
            next.Release();
            Assert.Equal($"9\r\ndata: {i}\n\n\r\n", await client.ReadUntilAsync("\n\n\r\n"));
        }

        Assert.Equal("0\r\n\r\n", await client.ReadUntilAsync("0\r\n\r\n"));
    }
}
