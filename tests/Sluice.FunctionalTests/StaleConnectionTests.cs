using System.Text;
using Sluice.Proxy.Model;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>Upstreams close idle connections when they like; as long as it can be hidden, no client notices.</summary>
public sealed class StaleConnectionTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>Requests that can be sent a second time.</summary>
    public enum Body
    {
        None,
        Length,
        Chunked,
    }

    public static MatrixTheoryData<Body, Disconnect> Closes =>
        new(Enum.GetValues<Body>(), Enum.GetValues<Disconnect>());

    [Theory]
    [MemberData(nameof(Closes))]
    public async Task Upstream_ClosesWhenTheRequestArrives_RequestIsSentOnceMoreUnchanged(Body body, Disconnect how)
    {
        RawMessage? first = null;
        RawMessage? second = null;
        await using var upstream = Create(
            async peer =>
            {
                await AnswerAsync(peer);
                first = await peer.ReadMessageAsync();
                Leave(peer, how);
            },
            async peer =>
            {
                second = await peer.ReadMessageAsync();
                await peer.SendAsync(Ok);
                await AnswerAsync(peer);
            });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();
        await WarmUpAsync(gateway, client);

        var request = Request(body);
        await client.SendAsync(request);
        var answer = await client.ReadMessageAsync();

        Assert.Equal("ok", answer.BodyText);
        Assert.Equal(Text(first!.Raw), Text(second!.Raw));
        Assert.Equal(BodyOf(request), BodyOf(Text(second.Raw)));
        await gateway.ExchangeLoggedAsync("attempts=2");

        // The client's connection is as good as before.
        await client.SendAsync(Requests.Get);
        Assert.Equal("ok", (await client.ReadMessageAsync()).BodyText);
        Assert.Equal(2, upstream.Connections);
    }

    [Theory]
    [InlineData(Body.Length)]
    [InlineData(Body.Chunked)]
    public async Task Upstream_ClosesDuringTheUpload_WhatCameIsSentAgainAtOnceAndTheRestFollows(Body body)
    {
        var request = Request(body);
        var half = request[..(request.Length / 2)];
        var halfBody = BodyOf(half);
        var halfCameAgain = new Signal();
        var sentAgain = "";
        await using var upstream = Create(
            async peer =>
            {
                await AnswerAsync(peer);
                await peer.ReadUntilAsync("\r\n\r\n");
                await peer.ReadBytesAsync(halfBody.Length);
            },
            async peer =>
            {
                await peer.ReadUntilAsync("\r\n\r\n");
                sentAgain = Text(await peer.ReadBytesAsync(halfBody.Length));
                halfCameAgain.Set();
                sentAgain += Text(await peer.ReadBytesAsync(request.Length - half.Length));
                await peer.SendAsync(Ok);
            });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();
        await WarmUpAsync(gateway, client);

        await client.SendAsync(half);
        await halfCameAgain.WaitAsync();
        await client.SendAsync(request[half.Length..]);
        var answer = await client.ReadMessageAsync();

        Assert.Equal("ok", answer.BodyText);
        Assert.Equal(BodyOf(request), sentAgain);
    }

    [Fact]
    public async Task Upstream_ClosesAfterMoreThanCanBeKept_Gets502()
    {
        await using var upstream = Create(async peer =>
        {
            await AnswerAsync(peer);
            await peer.ReadBytesAsync(1024 * 1024);
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();
        await WarmUpAsync(gateway, client);

        await client.SendAsync(Requests.PostHead(2 * 1024 * 1024));
        await client.SendAsync(new byte[1024 * 1024]);
        var answer = await client.ReadMessageAsync();

        Assert.Equal((502, 5023), (answer.Status, ErrorBody.Read(answer).Code));
        Assert.Equal("close", answer.Header("connection"));
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Upstream_ClosesTheFreshConnectionToo_Gets502()
    {
        await using var upstream = Create(
            async peer =>
            {
                await AnswerAsync(peer);
                await peer.ReadMessageAsync();
            },
            peer => peer.ReadMessageAsync());
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();
        await WarmUpAsync(gateway, client);

        await client.SendAsync(Requests.Post("body"));
        var answer = await client.ReadMessageAsync();

        Assert.Equal((502, 5023), (answer.Status, ErrorBody.Read(answer).Code));
        Assert.Equal(2, upstream.Connections);
    }

    [Theory]
    [InlineData("H", Disconnect.Close, 5022)]
    [InlineData("H", Disconnect.Reset, 5022)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", Disconnect.Close, 5022)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", Disconnect.Reset, 5022)]
    [InlineData("HTTP/1.1 102 Processing\r\n\r\n", Disconnect.Reset, 5022)]
    public async Task Upstream_BreaksOffWithinTheHead_RequestIsNotSentAgain(string part, Disconnect how, int code)
    {
        var connections = new MemoryConnections();
        await using var gateway = await GatewayHost.StartAsync(
            new Uri("http://127.0.0.1:9"), new GatewayHostOptions { Connections = connections });
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Requests.Get);
        var upstream = await connections.NextAsync();
        await upstream.ReadUntilAsync("\r\n\r\n").OrHang();
        await upstream.SendAsync(Ok).OrHang();
        await client.ReadMessageAsync();

        await client.SendAsync(Requests.Get);
        await upstream.ReadUntilAsync("\r\n\r\n").OrHang();
        await upstream.SendAsync(part).OrHang();
        upstream.EndSending(how == Disconnect.Reset ? new IOException("Connection reset by peer") : null);
        var answer = await client.ReadMessageAsync();
        answer = answer.Status == 102 ? await client.ReadMessageAsync() : answer;

        Assert.Equal((502, code), (answer.Status, ErrorBody.Read(answer).Code));
        Assert.Equal(1, connections.Count);
        await upstream.Closed.OrHang();
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    public async Task Upstream_EndsAnIdleConnection_ItIsNeverUsedAgain(string lastWords)
    {
        var time = new ManualTime();
        var isOver = new Signal();
        byte[]? sentToIt = null;
        await using var upstream = Create(
            async peer =>
            {
                await AnswerAsync(peer);
                await peer.SendAsync(lastWords);
                if (lastWords.Length == 0)
                {
                    peer.ShutdownSend();
                }

                sentToIt = await peer.ReadToEndAsync();
                isOver.Set();
            },
            AnswerAsync);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, new GatewayHostOptions
        {
            Time = time,
            Upstream = new UpstreamOptions { IdleConnectionTimeout = TimeSpan.FromHours(10) },
        });
        await using var client = await gateway.ConnectAsync();
        await WarmUpAsync(gateway, client);

        await time.AdvanceUntilAsync(isOver.Task, TimeSpan.FromMilliseconds(100));
        await client.SendAsync(Requests.Get);
        var answer = await client.ReadMessageAsync();

        Assert.Equal("ok", answer.BodyText);
        Assert.Equal(2, upstream.Connections);
        Assert.Empty(sentToIt!);
    }

    [Theory]
    [InlineData("Keep-Alive: timeout=5\r\n", 3.8, 1)]
    [InlineData("Keep-Alive: timeout=5\r\n", 4.5, 2)]
    [InlineData("Keep-Alive: max=100, timeout=5\r\n", 4.5, 2)]
    [InlineData("Keep-Alive: timeout=1\r\n", 0.3, 2)]
    [InlineData("Keep-Alive: timeout=3600\r\n", 61, 2)]
    [InlineData("", 59, 1)]
    [InlineData("", 61, 2)]
    public async Task Connection_IdleForSeconds_IsReusedOnlyWithinWhatWasPromised(
        string promise, double seconds, int connections)
    {
        var time = new ManualTime();
        await using var upstream = ScriptedUpstream.Answering(
            (_, peer) => peer.SendAsync($"HTTP/1.1 200 OK\r\n{promise}Content-Length: 2\r\n\r\nok"));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, new GatewayHostOptions { Time = time });
        await using var client = await gateway.ConnectAsync();
        await WarmUpAsync(gateway, client);

        time.Advance(TimeSpan.FromSeconds(seconds));
        await client.SendAsync(Requests.Get);
        await client.ReadMessageAsync();

        Assert.Equal(connections, upstream.Connections);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    public async Task Connections_MoreThanAreKept_AreClosedAfterUse(int kept)
    {
        const int Clients = 5;
        var all = new Rendezvous(Clients);
        var closed = new Turnstile();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            while (await peer.TryReadMessageAsync() is not null)
            {
                await all.WaitAsync();
                await peer.SendAsync(Ok);
            }

            closed.Release();
        });
        await using var gateway = await GatewayHost.StartAsync(
            upstream.Url, new GatewayHostOptions { Upstream = new UpstreamOptions { IdleConnectionsMax = kept } });

        for (var round = 1; round <= 2; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
            {
                await using var client = await gateway.ConnectAsync();
                await client.SendAsync(Requests.Get);
                Assert.Equal("ok", (await client.ReadMessageAsync()).BodyText);
            }));
            await closed.PassAsync(Clients - kept);

            Assert.Equal(Clients + ((round - 1) * (Clients - kept)), upstream.Connections);
        }

        Assert.Equal(0, closed.Unused);
    }

    private static ScriptedUpstream Create(params Func<RawPeer, Task>[] connections)
    {
        var count = 0;
        return new ScriptedUpstream(peer => connections[Interlocked.Increment(ref count) - 1](peer));
    }

    private static async Task AnswerAsync(RawPeer peer)
    {
        await peer.ReadMessageAsync();
        await peer.SendAsync(Ok);
    }

    // Afterwards the upstream connection is in the pool.
    private static async Task WarmUpAsync(GatewayHost gateway, RawPeer client)
    {
        await client.SendAsync("GET /v1/acct/gw/openai/warm-up HTTP/1.1\r\nHost: g\r\n\r\n");
        Assert.Equal("ok", (await client.ReadMessageAsync()).BodyText);
        await gateway.ExchangeLoggedAsync("/warm-up");
    }

    private static string Request(Body body) => body switch
    {
        Body.Length => Requests.Post(Requests.Text(76 * 1024)),
        Body.Chunked => Requests.ChunkedHead() + Requests.Chunks(Requests.Text(76 * 1024), 5000),
        _ => Requests.Get,
    };

    private static string BodyOf(string message) =>
        message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private static void Leave(RawPeer peer, Disconnect how)
    {
        // A script that is over closes its connection.
        if (how == Disconnect.Reset)
        {
            peer.Reset();
        }
    }
}
