using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>A connection that changes its protocol becomes a tunnel, if both sides want it.</summary>
public sealed class UpgradeTests
{
    private const string Ask =
        "GET /v1/acct/gw/openai/realtime?model=m HTTP/1.1\r\nHost: g\r\nConnection: keep-alive, Upgrade\r\n"
        + "Upgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private const string Switched =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: x\r\n\r\n";

    private const string Relayed =
        "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n"
        + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upgrade_Accepted_CarriesBytesBothWays()
    {
        var request = "";
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            request = await peer.ReadUntilAsync("\r\n\r\n");
            await peer.SendAsync(Switched);
            for (var i = 0; i < 3; i++)
            {
                await peer.ReadUntilAsync($"up {i}");
                await peer.SendAsync($"down {i}");
            }

            await peer.ReadToEndAsync();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Ask);
        Assert.Equal(Relayed, await client.ReadUntilAsync("\r\n\r\n"));
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"up {i}");
            Assert.Equal($"down {i}", await client.ReadUntilAsync($"{i}"));
        }

        Assert.Equal(
            $"GET /realtime?model=m HTTP/1.1\r\nHost: 127.0.0.1:{upstream.Port}\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            request);
    }

    [Fact]
    public async Task Tunnel_BytesRightBehindBothHeads_AreItsFirst()
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadUntilAsync("\r\n\r\n");
            await peer.SendAsync(Switched + "greeting");
            await peer.ReadUntilAsync("early");
            await peer.SendAsync(" and thanks");
            await peer.ReadToEndAsync();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Ask + "early");

        Assert.Equal(Relayed + "greeting and thanks", await client.ReadUntilAsync("thanks"));
    }

    [Fact]
    public async Task Tunnel_OfManyBytes_LosesNone()
    {
        const int Count = 4 * 1024 * 1024;
        var sent = new byte[Count];
        new Random(1).NextBytes(sent);
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadUntilAsync("\r\n\r\n");
            await peer.SendAsync(Switched);
            await peer.Stream.CopyToAsync(peer.Stream);
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Ask);
        await client.ReadUntilAsync("\r\n\r\n");
        var sending = client.SendAsync(sent);
        var received = new byte[Count];
        await client.Stream.ReadExactlyAsync(received, Ended).AsTask().OrHang();
        await sending.OrHang();

        Assert.True(received.AsSpan().SequenceEqual(sent));
    }

    [Fact]
    public async Task Tunnel_ClosedByUpstream_EndsAtTheClientBehindTheLastByte()
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadUntilAsync("\r\n\r\n");
            await peer.SendAsync(Switched + "bye");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Ask);

        Assert.Equal(Relayed + "bye", Encoding.ASCII.GetString(await client.ReadToEndAsync()));
    }

    [Fact]
    public async Task Tunnel_ClosedByClient_EndsAtTheUpstream()
    {
        var received = new TaskCompletionSource<byte[]>();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadUntilAsync("\r\n\r\n");
            await peer.SendAsync(Switched);
            received.SetResult(await peer.ReadToEndAsync());
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using (var client = await gateway.ConnectAsync())
        {
            await client.SendAsync(Ask);
            await client.ReadUntilAsync("\r\n\r\n");
        }

        Assert.Empty(await received.Task.OrHang());
        await gateway.Log.WaitForAsync(
            "Sluice.Exchange", line => line.Contains(" 101 ", StringComparison.Ordinal)
                && line.Contains("outcome=tunnelled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Upgrade_Refused_LeavesTheConnectionAsItWas()
    {
        const string Refusal = "HTTP/1.1 426 Upgrade Required\r\nDate: x\r\nContent-Length: 2\r\n\r\nno";
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(Refusal));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Ask);
            Assert.Equal(Refusal, Encoding.ASCII.GetString((await client.ReadMessageAsync()).Raw));
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Theory]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n")]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n")]
    [InlineData("Upgrade: websocket\r\n")]
    [InlineData("Connection: Upgrade\r\n")]
    public async Task Upgrade_NotToBeForwarded_IsAPlainRequestForUpstream(string fields)
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync($"GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n{fields}\r\n");

        Assert.Equal("ok", (await client.ReadMessageAsync()).BodyText);
        Assert.Equal($"GET /x HTTP/1.1\r\nHost: 127.0.0.1:{upstream.Port}\r\n\r\n", Assert.Single(seen).Head);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Connection: Upgrade\r\nUpgrade: h2c\r\n")]
    public async Task Switch_ThatNobodyAskedFor_Is502(string fields)
    {
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(Switched));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync($"GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n{fields}\r\n");
        var answer = await client.ReadMessageAsync();

        var error = ErrorBody.Read(answer);
        Assert.Equal(502, answer.Status);
        Assert.Equal(5022, error.Code);
        Assert.Contains("switched protocols without having been asked", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebSocket_BetweenARealClientAndARealServer_Works()
    {
        await using var server = await StartWebSocketServerAsync();
        await using var gateway = await GatewayHost.StartAsync(new Uri(server.Urls.Single()));
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("realtime");
        socket.Options.SetRequestHeader("Authorization", "Bearer sk-test");
        socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();

        await socket.ConnectAsync(
            new Uri($"ws://127.0.0.1:{gateway.Port}/v1/acct/gw/openai/v1/realtime?model=m"), Ended).OrHang();
        Assert.Equal("realtime", socket.SubProtocol);
        Assert.Equal("/v1/realtime?model=m Bearer sk-test", await ReceiveAsync(socket));

        foreach (var size in new[] { 0, 1, 125, 126, 65_536, 300_000 })
        {
            var text = new string('ż', size);
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Ended).OrHang();
            Assert.Equal(text, await ReceiveAsync(socket));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", Ended).OrHang();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        Assert.Equal("seen", socket.CloseStatusDescription);
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[1024 * 1024];
        var length = 0;
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(length), default).AsTask().OrHang();
            length += result.Count;
            if (result.EndOfMessage)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }
        }
    }

    private static async Task<WebApplication> StartWebSocketServerAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        server.UseWebSockets();
        server.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(
                new WebSocketAcceptContext { SubProtocol = "realtime", DangerousEnableCompression = true });
            var request = context.Request;
            var greeting = $"{request.Path}{request.QueryString} {request.Headers.Authorization}";
            await socket.SendAsync(Encoding.UTF8.GetBytes(greeting), WebSocketMessageType.Text, true, default);
            var buffer = new byte[16 * 1024];
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), default);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "seen", default);
                    return;
                }

                await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, default);
            }
        });
        await server.StartAsync();
        return server;
    }
}
