using Sluice.Proxy.Model;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>The mode in which a client that ends its sending direction still gets its answer.</summary>
public sealed class HalfCloseTests
{
    private static readonly GatewayHostOptions Finish =
        new() { Limits = new EngineLimits { CancelOnHalfClose = false } };

    [Theory]
    [InlineData("")]
    [InlineData("a body")]
    public async Task Client_HalfClosesAfterItsRequest_GetsTheWholeResponse(string body)
    {
        var first = new Signal();
        await using var upstream = ScriptedUpstream.Answering(async (request, peer) =>
        {
            await peer.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
            await first.WaitAsync();
            await peer.SendAsync($"{request.Body.Length + 3:x}\r\ntwo{request.BodyText}\r\n0\r\n\r\n");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, Finish);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(body.Length == 0 ? Requests.Get : Requests.Post(body));
        client.ShutdownSend();
        await client.ReadUntilAsync("one\r\n");
        first.Set();
        await client.ReadUntilAsync($"two{body}\r\n0\r\n\r\n");

        Assert.Empty(await client.ReadToEndAsync());
        Assert.False(client.WasReset);
    }

    [Fact]
    public async Task Client_HalfClosesWithinItsBody_UpstreamConnectionIsClosed()
    {
        var arrived = new Signal();
        var closed = new Signal();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadUntilAsync("part");
            arrived.Set();
            await peer.ReadToEndAsync();
            closed.Set();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, Finish);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Requests.PostHead(1000) + "part");
        await arrived.WaitAsync();
        client.ShutdownSend();

        await closed.WaitAsync();
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Client_ClosesWhileResponseFlows_UpstreamConnectionIsClosed()
    {
        var closed = new Signal();
        await using var upstream = ScriptedUpstream.Answering(async (_, peer) =>
        {
            await peer.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            try
            {
                while (true)
                {
                    await peer.SendAsync("3\r\none\r\n");
                }
            }
            catch (IOException)
            {
                closed.Set();
            }
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, Finish);
        var client = await gateway.ConnectAsync();

        await client.SendAsync(Requests.Get);
        await client.ReadUntilAsync("one");
        await client.DisposeAsync();

        await closed.WaitAsync();
    }
}
