using System.Globalization;
using System.Text;
using Sluice.Proxy.Model;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>What time does to connections: to those that are reused late, that are idle, and that nobody watches.</summary>
public sealed class PatienceTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly JumpingTime _time = new();

    [Fact]
    public async Task Request_ThatTheUpstreamWorkedOn_IsNotSentTwice()
    {
        var received = 0;
        await using var upstream = ScriptedUpstream.Answering(async (request, peer) =>
        {
            if (request.BodyText != "expensive")
            {
                await peer.SendAsync(Ok);
                return;
            }

            Interlocked.Increment(ref received);
            _time.Jump(TimeSpan.FromSeconds(3));
            peer.Reset();
        });
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Requests.Get);
        await client.ReadMessageAsync();

        await client.SendAsync(Requests.Post("expensive"));
        var answer = await client.ReadMessageAsync();

        Assert.Equal(502, answer.Status);
        Assert.Equal(5023, ErrorBody.Read(answer).Code);
        Assert.Equal(1, received);
    }

    [Fact]
    public async Task Connection_WithAnEmptyLineBehindARequest_StaysIdle()
    {
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(Ok));
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Requests.Get + "\r\n");
        await client.ReadMessageAsync();

        // Past the limit of a head, which has not begun, and well within that of an idle connection.
        await JumpAsync(gateway, TimeSpan.FromMinutes(1));
        await client.SendAsync(Requests.Get);

        Assert.Equal(200, (await client.ReadMessageAsync()).Status);
    }

    [Fact]
    public async Task UpstreamConnection_IdleWithoutAnyClient_IsClosedInTime()
    {
        var closed = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(Ok);
            await peer.ReadToEndAsync();
            closed.SetResult();
        });
        await using var gateway = await StartAsync(upstream);
        await using (var client = await gateway.ConnectAsync())
        {
            await client.SendAsync(Requests.Get);
            await client.ReadMessageAsync();
        }

        _time.Jump(TimeSpan.FromMinutes(2));

        await closed.Task.OrHang();
    }

    [Fact]
    public async Task Date_AfterAPause_IsThatOfTheResponse()
    {
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(Ok));
        await using var gateway = await StartAsync(upstream);
        _time.Jump(TimeSpan.FromHours(1));
        var before = _time.GetUtcNow();
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Requests.Get);

        var date = (await client.ReadMessageAsync()).Header("Date")!;

        var sent = DateTimeOffset.ParseExact(date, "R", CultureInfo.InvariantCulture);
        Assert.True(sent > before - TimeSpan.FromSeconds(2), $"{sent} is before {before}");
    }

    [Fact]
    public async Task Upstream_SendingInterimResponsesWithoutEnd_Gets502()
    {
        await using var upstream = ScriptedUpstream.Answering(async (_, peer) =>
        {
            var interim = new StringBuilder();
            for (var i = 0; i < 1000; i++)
            {
                interim.Append("HTTP/1.1 103 Early Hints\r\n\r\n");
            }

            await peer.SendAsync(interim.ToString());
            await peer.ReadToEndAsync();
        });
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Requests.Get);

        var answer = await client.ReadMessageAsync();
        while (answer.Status == 103)
        {
            answer = await client.ReadMessageAsync();
        }

        Assert.Equal(502, answer.Status);
        Assert.Equal(5022, ErrorBody.Read(answer).Code);
    }

    [Fact]
    public async Task Upgrade_WithTheGatewayTokenAsSubprotocol_LeavesItOut()
    {
        RawMessage? seen = null;
        await using var upstream = ScriptedUpstream.Answering((request, peer) =>
        {
            seen = request;
            return peer.SendAsync(Ok);
        });
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(
            $"GET {Requests.Path} HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Protocol: realtime,cf-aig-authorization.SECRET, openai-insecure-api-key.k\r\n\r\n");
        await client.ReadMessageAsync();

        Assert.Equal("realtime, openai-insecure-api-key.k", seen!.Header("Sec-WebSocket-Protocol"));
    }

    [Fact]
    public async Task Head_WithThousandsOfEmptyConnectionOptions_IsRefused()
    {
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(Ok));
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(
            $"GET {Requests.Path} HTTP/1.1\r\nHost: g\r\nConnection: x{new string(',', 30_000)}\r\n\r\n");

        Assert.Equal(431, (await client.ReadMessageAsync()).Status);
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task Addresses_MoreThanAreKept_AreServedWithoutBeingKept()
    {
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(Ok));
        await using var gateway = await StartAsync(upstream);
        var pools = gateway.Runtime.Engine.Pools;

        for (var i = 0; i < 3000; i++)
        {
            pools.Of(new UpstreamAddress($"h{i}.test", 443, isTls: true));
        }

        Assert.Equal(Proxy.Upstream.UpstreamPools.PoolsMax, pools.Count);
        _time.Jump(TimeSpan.FromMinutes(5));
        await JumpAsync(gateway, TimeSpan.FromMinutes(5));
        pools.Sweep();
        Assert.Equal(0, pools.Count);
    }

    private Task<GatewayHost> StartAsync(ScriptedUpstream upstream) =>
        GatewayHost.StartAsync(upstream.Url, new GatewayHostOptions { Time = _time });

    // Moves the clock on, and waits until the engine has seen it; it looks only while there is a connection.
    private async Task JumpAsync(GatewayHost gateway, TimeSpan by)
    {
        await using var watcher = await gateway.ConnectAsync();
        var before = gateway.Runtime.Clock.NowMs;
        _time.Jump(by);
        while (gateway.Runtime.Clock.NowMs < before + by.TotalMilliseconds)
        {
            await Task.Delay(10, Hang.Token);
        }
    }
}
