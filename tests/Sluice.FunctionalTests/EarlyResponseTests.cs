using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>An upstream that answers without having read the request.</summary>
public sealed class EarlyResponseTests
{
    [Fact]
    public async Task Upstream_AnswersAndTakesNoMoreOfTheBody_ResponseArrivesAndBothConnectionsEnd()
    {
        var body = new Bulk();
        var hasStalled = new Signal();
        var clientIsDone = new Signal();
        await using var upstream = Watched.Create(out var closed, async peer =>
        {
            await peer.ReadUntilAsync("\r\n\r\n");
            await hasStalled.WaitAsync();
            await peer.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nmuch");
            await clientIsDone.WaitAsync();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        // More than all socket buffers on the way take.
        const int Length = 100 * 1024 * 1024;
        await client.SendAsync(Requests.PostHead(Length));
        var sending = body.SendAsync(client, Length);
        await body.WaitForStallAsync();
        hasStalled.Set();
        var answer = await client.ReadMessageAsync();

        Assert.Equal((413, "much"), (answer.Status, answer.BodyText));
        Assert.Equal("close", answer.Header("connection"));
        Assert.Empty(await client.ReadToEndAsync());
        await Assert.ThrowsAsync<IOException>(() => sending.OrHang());
        clientIsDone.Set();
        await closed.OrHang();
        Assert.Equal(0, gateway.Runtime.ActiveExchanges);
    }
}
