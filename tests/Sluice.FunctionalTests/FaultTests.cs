using Sluice.Proxy.Diagnostics;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>A fault in the gateway itself costs one connection and leaves nothing behind.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task Gateway_FaultWithinAnExchange_IsLoggedAndLeavesNoExchangeBehind()
    {
        var connections = new MemoryConnections((_, _) => throw new NotSupportedException("A fault for the test."));
        await using var gateway = await GatewayHost.StartAsync(
            new Uri("http://127.0.0.1:9"), new GatewayHostOptions { Connections = connections });
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Requests.Get);

        Assert.Null(await client.TryReadMessageAsync());
        await gateway.ExchangeLoggedAsync("reason=InternalError");
        Assert.Single(gateway.Log.Lines, line => line.EventId == EventIds.ConnectionFault);
        Assert.Equal(0, gateway.Runtime.ActiveExchanges);
    }
}
