using Sluice.Proxy.Diagnostics;
using Sluice.Proxy.Model;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>
/// Everything that can go wrong, at once and in any order: nothing is mixed up, and nothing is left behind.
/// </summary>
public sealed class StressTests(ITestOutputHelper output)
{
    private const int Seed = 20_301;
    private const int Clients = 64;
    private const int ExchangesEach = 250;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task Exchanges_GoodAndBadOnManyConnections_LeaveNothingBehindAndAreNeverMixedUp()
    {
        await using var upstream = new StressUpstream(Seed);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        var clients = Enumerable.Range(0, Clients).Select(i => new StressClient(gateway, i, Seed + i)).ToList();

        var isOver = Task.Delay(TimeMax, TestContext.Current.CancellationToken);
        var running = Task.WhenAll(clients.Select(client => client.RunAsync(ExchangesEach, isOver)));
        await Task.WhenAny(running, Task.Delay(Hang.Limit / 2, TestContext.Current.CancellationToken));
        Assert.All(clients, client => Assert.Equal("", client.Doing));
        await running;

        // What is idle in the pool is not left behind; another way to reach upstreams closes it.
        gateway.Runtime.Apply(GatewayHost.CreateModel(
            upstream.Url, new GatewayHostOptions { Upstream = new UpstreamOptions { IdleConnectionsMax = 1 } }));
        await Poll.UntilAsync(() => gateway.Runtime.ActiveExchanges == 0);
        await Poll.UntilAsync(() => gateway.Runtime.ConnectionCount == 0);
        await Poll.UntilAsync(() => upstream.Open == 0);
        await Poll.UntilAsync(() => gateway.Runtime.Captures.Held == 0);
        Assert.DoesNotContain(gateway.Log.Lines, line => line.EventId == EventIds.ConnectionFault);
        Assert.Empty(clients.SelectMany(client => client.Faults).Take(5));

        var (whole, exchanges) = (clients.Sum(client => client.Whole), clients.Sum(client => client.Exchanges));
        output.WriteLine($"{exchanges} exchanges, {whole} good ones, {upstream.Connections} upstream connections.");
        Assert.True(whole > exchanges / 4, "Too few exchanges were good to say that those are not disturbed.");
    }
}
