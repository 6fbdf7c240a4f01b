using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>The same engine behind a TLS listener.</summary>
public sealed class TlsListenerTests : IDisposable
{
    private readonly X509Certificate2 _certificate = TestCertificate.CreateSelfSigned();

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task Alpn_WithBothOffered_PicksHttp11()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await StartAsync(upstream);
        await using var client = await RawPeer.ConnectTlsAsync(
            gateway.Port, _certificate, SslApplicationProtocol.Http2, SslApplicationProtocol.Http11);

        Assert.Equal(
            SslApplicationProtocol.Http11, Assert.IsType<SslStream>(client.Stream).NegotiatedApplicationProtocol);
    }

    [Fact]
    public async Task Requests_OverTls_ReachUpstreamByteForByte()
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(FixtureFiles.ReadResponse("anthropic-stream"), seen);
        await using var gateway = await StartAsync(upstream);
        await using var client = await RawPeer.ConnectTlsAsync(gateway.Port, _certificate);

        foreach (var name in (string[])["claude-code-turn1", "claude-code-tool-turn2", "claude-code-tool-turn3"])
        {
            await client.SendAsync(RecordedRequests.Sent(name));
            var answer = await client.ReadMessageAsync();

            Assert.True(answer.IsWhole);
            Assert.EndsWith("{\"type\":\"message_stop\"    }\n\n", answer.BodyText, StringComparison.Ordinal);
            Assert.True(seen.TryDequeue(out var request));
            Assert.Equal(
                RecordedRequests.Expected(name, upstream.Port), Encoding.Latin1.GetString(request.Raw));
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Stream_OverTls_ArrivesChunkByChunk()
    {
        var next = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Answering(async (_, peer) =>
        {
            await peer.SendAsync(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            for (var i = 0; i < 5; i++)
            {
                await next.WaitAsync();
                await peer.SendAsync($"9\r\ndata: {i}\n\n\r\n");
            }

            await peer.SendAsync("0\r\n\r\n");
        });
        await using var gateway = await StartAsync(upstream);
        await using var client = await RawPeer.ConnectTlsAsync(gateway.Port, _certificate);

        await client.SendAsync("GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n\r\n");
        await client.ReadUntilAsync("\r\n\r\n");
        for (var i = 0; i < 5; i++)
        {
            next.Release();
            Assert.Equal($"9\r\ndata: {i}\n\n\r\n", await client.ReadUntilAsync("\n\n\r\n"));
        }

        Assert.Equal("0\r\n\r\n", await client.ReadUntilAsync("0\r\n\r\n"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_GoingAway_ClosesTheUpstreamConnection(bool byReset)
    {
        var closed = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n");
            await peer.ReadToEndAsync();
            closed.SetResult();
        });
        await using var gateway = await StartAsync(upstream);
        await using (var client = await RawPeer.ConnectTlsAsync(gateway.Port, _certificate))
        {
            await client.SendAsync("GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n\r\n");
            await client.ReadUntilAsync("1\r\nx\r\n");
            if (byReset)
            {
                client.Reset();
            }
        }

        await closed.Task.OrHang();
        await gateway.Log.WaitForAsync(
            "Sluice.Exchange", line => line.Contains("outcome=client_cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Response_CutByUpstream_ArrivesAsCut()
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(FixtureFiles.ReadResponse("anthropic-stream-truncated-reset"));
        });
        await using var gateway = await StartAsync(upstream);
        await using var client = await RawPeer.ConnectTlsAsync(gateway.Port, _certificate);

        await client.SendAsync("GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n\r\n");

        Assert.False((await client.ReadMessageAsync()).IsWhole);
    }

    private Task<GatewayHost> StartAsync(ScriptedUpstream upstream) => GatewayHost.StartAsync(
        upstream.Url,
        new GatewayHostOptions { ConfigureListener = listen => listen.UseHttps(_certificate) });
}
