using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>The end of the gateway: what runs is finished, what is idle is closed, what is new is refused.</summary>
public sealed class DrainTests
{
    private const string StreamHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    private readonly Signal _goOn = new();

    [Fact]
    public async Task Drain_WithRunningExchanges_FinishesThemWhole()
    {
        await using var upstream = ScriptedUpstream.Answering(async (request, peer) =>
        {
            var hasBegun = request.StartLine.Contains("/begun", StringComparison.Ordinal);
            await peer.SendAsync(hasBegun ? StreamHead + "3\r\none\r\n" : "");
            await _goOn.WaitAsync();
            await peer.SendAsync(hasBegun ? "3\r\ntwo\r\n0\r\n\r\n" : StreamHead + "3\r\ntwo\r\n0\r\n\r\n");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var begun = await gateway.ConnectAsync();
        await using var waiting = await gateway.ConnectAsync();
        await begun.SendAsync("GET /v1/acct/gw/openai/begun HTTP/1.1\r\nHost: g\r\n\r\n");
        Assert.DoesNotContain("close", await begun.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        await begun.ReadUntilAsync("one\r\n");
        await waiting.SendAsync("GET /v1/acct/gw/openai/waiting HTTP/1.1\r\nHost: g\r\n\r\n");
        await Poll.UntilAsync(() => gateway.Runtime.ActiveExchanges == 2);

        var stopping = gateway.StopAsync();
        _goOn.Set();
        await begun.ReadUntilAsync("two\r\n0\r\n\r\n");
        var answer = await waiting.ReadMessageAsync();

        Assert.Equal((200, "two", "close"), (answer.Status, answer.BodyText, answer.Header("connection")));
        Assert.Empty(await begun.ReadToEndAsync());
        Assert.Empty(await waiting.ReadToEndAsync());
        await stopping.OrHang();
    }

    [Fact]
    public async Task Drain_WithIdleConnections_ClosesThemWhileStreamsGoOn()
    {
        await using var upstream = ScriptedUpstream.Answering(async (request, peer) =>
        {
            if (request.StartLine.Contains("/stream", StringComparison.Ordinal))
            {
                await peer.SendAsync(StreamHead + "3\r\none\r\n");
                await _goOn.WaitAsync();
                await peer.SendAsync("0\r\n\r\n");
                return;
            }

            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var running = await gateway.ConnectAsync();
        await using var used = await gateway.ConnectAsync();
        await using var unused = await gateway.ConnectAsync();
        await running.SendAsync("GET /v1/acct/gw/openai/stream HTTP/1.1\r\nHost: g\r\n\r\n");
        await running.ReadUntilAsync("one\r\n");
        await used.SendAsync(Requests.Get);
        await used.ReadMessageAsync();
        await Poll.UntilAsync(() => gateway.Runtime.ConnectionCount == 3);

        var stopping = gateway.StopAsync();
        Assert.Empty(await used.ReadToEndAsync());
        Assert.Empty(await unused.ReadToEndAsync());
        Assert.False(used.WasReset || unused.WasReset || stopping.IsCompleted);

        _goOn.Set();
        await running.ReadUntilAsync("0\r\n\r\n");
        await stopping.OrHang();
    }

    [Fact]
    public async Task Drain_WithARequestBehindARunningOne_EndsTheConnectionAfterTheRunningOne()
    {
        var requests = 0;
        await using var upstream = ScriptedUpstream.Answering(async (_, peer) =>
        {
            requests++;
            await peer.SendAsync(StreamHead);
            await _goOn.WaitAsync();
            await peer.SendAsync("3\r\none\r\n0\r\n\r\n");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Requests.Get + Requests.Post("body"));
        await client.ReadUntilAsync("\r\n\r\n");

        gateway.Runtime.BeginDrain();
        _goOn.Set();
        await client.ReadUntilAsync("one\r\n0\r\n\r\n");

        // A client may send again what was not answered before the close (RFC 9112, 9.3.2).
        Assert.Empty(await client.ReadToEndAsync());
        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task Drain_WithARequestThatHasHalfArrived_RefusesIt()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Requests.Get + Requests.Get[..20]);
        Assert.Equal(200, (await client.ReadMessageAsync()).Status);
        await gateway.ExchangeLoggedAsync("outcome=complete");

        gateway.Runtime.BeginDrain();
        await client.SendAsync(Requests.Get[20..]);

        var answer = await client.ReadMessageAsync();
        Assert.Equal((503, "close"), (answer.Status, answer.Header("connection")));
        Assert.Equal(5030, ErrorBody.Read(answer).Code);
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Drain_LongerThanItsLimit_CutsTheRest()
    {
        await using var upstream = Watched.Create(out var closed, async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(StreamHead + "3\r\none\r\n");
        });
        await using var gateway = await GatewayHost.StartAsync(
            upstream.Url, new GatewayHostOptions { DrainTimeout = TimeSpan.FromMilliseconds(100) });
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Requests.Get);
        await client.ReadUntilAsync("one\r\n");

        await gateway.StopAsync().OrHang();

        Assert.Empty(await client.ReadToEndAsync());
        await closed.OrHang();
        Assert.Equal((0, 0), (gateway.Runtime.ActiveExchanges, gateway.Runtime.ConnectionCount));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Process_Terminated_EndsWhenItsStreamsHaveEndedOrTheirTimeIsOver(bool isLong)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM.");
        await using var upstream = ScriptedUpstream.Answering(async (_, peer) =>
        {
            await peer.SendAsync(StreamHead + "3\r\none\r\n");
            await _goOn.WaitAsync();
            await peer.SendAsync("0\r\n\r\n");
        });
        await using var gateway = await GatewayProcess.StartAsync(
            upstream.Url, $"\"drain_timeout_ms\": {(isLong ? 500 : 60_000)}");
        await using var client = await gateway.ConnectAsync();
        await using var idle = await gateway.ConnectAsync();
        await client.SendAsync(Requests.Get);
        await client.ReadUntilAsync("one\r\n");

        await gateway.TerminateAsync();
        Assert.Empty(await idle.ReadToEndAsync());
        if (!isLong)
        {
            _goOn.Set();
        }

        Assert.Equal(isLong ? 0 : 5, (await client.ReadToEndAsync()).Length);
        Assert.Equal(0, await gateway.Exit.OrHang());
        _goOn.Set();
    }
}
