using Sluice.Proxy.Model;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>New settings are for new exchanges; nothing that runs is disturbed.</summary>
public sealed class ReloadTests
{
    private const string StreamHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Fact]
    public async Task Apply_DuringAStream_NextExchangeOnTheConnectionGoesToTheNewUpstream()
    {
        var goOn = new Signal();
        await using var old = ScriptedUpstream.Answering(async (_, peer) =>
        {
            await peer.SendAsync(StreamHead + "3\r\none\r\n");
            await goOn.WaitAsync();
            await peer.SendAsync("3\r\ntwo\r\n0\r\n\r\n");
        });
        await using var fresh = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfresh"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(old.Url);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Requests.Get);
        await client.ReadUntilAsync("one\r\n");

        gateway.Runtime.Apply(GatewayHost.CreateModel(fresh.Url, new GatewayHostOptions()));
        goOn.Set();
        await client.ReadUntilAsync("two\r\n0\r\n\r\n");
        await client.SendAsync(Requests.Get);

        Assert.Equal("fresh", (await client.ReadMessageAsync()).BodyText);
        Assert.Equal((1, 1), (old.Connections, fresh.Connections));
    }

    [Fact]
    public async Task Apply_DuringAStream_LimitsOfTheStreamStay()
    {
        var time = new ManualTime();
        var step = TimeSpan.FromMilliseconds(250);
        await using var upstream = ScriptedUpstream.Answering(
            (_, peer) => peer.SendAsync(StreamHead + "3\r\none\r\n"));
        var options = new GatewayHostOptions
        {
            Time = time,
            Upstream = new UpstreamOptions { ResponseIdleTimeout = TimeSpan.FromSeconds(2) },
        };
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, options);
        await using var before = await gateway.ConnectAsync();
        await using var after = await gateway.ConnectAsync();
        await before.SendAsync(Requests.Get);
        await before.ReadUntilAsync("one\r\n");

        gateway.Runtime.Apply(GatewayHost.CreateModel(upstream.Url, new GatewayHostOptions
        {
            Upstream = new UpstreamOptions { ResponseIdleTimeout = TimeSpan.FromHours(10) },
        }));
        await after.SendAsync(Requests.Get);
        await after.ReadUntilAsync("one\r\n");
        var cut = before.ReadToEndAsync();
        await time.AdvanceUntilAsync(cut, step);

        Assert.Empty(await cut);
        Assert.Equal(1, gateway.Runtime.ActiveExchanges);
    }

    [Fact]
    public async Task Apply_WithASmallerBodyLimit_IsKeptByTheNextExchangeOnTheConnection()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Requests.Post("12345"));
        Assert.Equal("ok", (await client.ReadMessageAsync()).BodyText);

        gateway.Runtime.Apply(GatewayHost.CreateModel(
            upstream.Url, new GatewayHostOptions { Limits = new EngineLimits { RequestBodyBytesMax = 4 } }));
        await client.SendAsync(Requests.Post("12345"));
        var answer = await client.ReadMessageAsync();

        Assert.Equal((413, 4130), (answer.Status, ErrorBody.Read(answer).Code));
    }

    [Fact]
    public async Task Apply_WithTheSameWayToUpstreams_KeepsTheirConnections()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(Requests.Get);
            Assert.Equal("ok", (await client.ReadMessageAsync()).BodyText);
            gateway.Runtime.Apply(GatewayHost.CreateModel(
                upstream.Url, new GatewayHostOptions { Limits = new EngineLimits { RequestBodyBytesMax = 1000 + i } }));
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Apply_WithAnotherWayToUpstreams_ClosesTheOldConnectionsIdleOnesAtOnceAndUsedOnesAfterUse()
    {
        var goOn = new Signal();
        var closed = new Turnstile();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            while (await peer.TryReadMessageAsync() is { } request)
            {
                if (request.StartLine.Contains("/held", StringComparison.Ordinal))
                {
                    await goOn.WaitAsync();
                }

                await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }

            closed.Release();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();
        await using var held = await gateway.ConnectAsync();
        await held.SendAsync("GET /v1/acct/gw/openai/held HTTP/1.1\r\nHost: g\r\n\r\n");
        await Poll.UntilAsync(() => upstream.Connections == 1);
        await client.SendAsync(Requests.Get);
        await client.ReadMessageAsync();
        await gateway.ExchangeLoggedAsync("/responses");

        gateway.Runtime.Apply(GatewayHost.CreateModel(
            upstream.Url, new GatewayHostOptions { Upstream = new UpstreamOptions { IdleConnectionsMax = 7 } }));
        await closed.PassAsync();
        goOn.Set();
        Assert.Equal("ok", (await held.ReadMessageAsync()).BodyText);
        await closed.PassAsync();

        await client.SendAsync(Requests.Get);
        Assert.Equal("ok", (await client.ReadMessageAsync()).BodyText);
        Assert.Equal(3, upstream.Connections);
    }
}
