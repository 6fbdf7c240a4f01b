using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>A slow side slows the other one down, and the gateway's memory stays as it was.</summary>
public sealed class BackpressureTests(ITestOutputHelper output)
{
    private const long Length = 200L * 1024 * 1024;
    private const long MemoryBytesMax = 32L * 1024 * 1024;

    // What the buffers of four sockets take; a kernel lets each grow to several megabytes.
    private const long AheadBytesMax = 64L * 1024 * 1024;

    [Fact]
    public async Task Client_Slow_StopsTheUpstreamAndMemoryStays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        var body = new Bulk();
        var sent = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = ScriptedUpstream.Answering(async (_, peer) =>
        {
            await peer.SendAsync(
                $"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {Length}\r\n\r\n");
            sent.SetResult(await body.SendAsync(peer, Length));
        });
        await using var gateway = await GatewayProcess.StartAsync(upstream.Url, isFrugal: true);
        await using var client = await gateway.ConnectAsync();
        var memory = MemoryWatch.Start(gateway);

        await client.SendAsync(Requests.Get);
        await body.WaitForStallAsync();
        output.WriteLine($"A client that reads nothing lets the upstream send {body.Sent / 1024} KB ahead.");
        Assert.InRange(body.Sent, 1, AheadBytesMax);
        await client.ReadUntilAsync("\r\n\r\n");
        var received = await Bulk.ReceiveAsync(client, Length).OrHang();

        Assert.Equal(await sent.Task.OrHang(), received);
        AssertMemory(await memory.StopAsync());
    }

    [Fact]
    public async Task Upstream_Slow_StopsTheClientAndMemoryStays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        var body = new Bulk();
        var hasStalled = new Signal();
        var received = "";
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await hasStalled.WaitAsync();
            await peer.ReadUntilAsync("\r\n\r\n");
            received = await Bulk.ReceiveAsync(peer, Length);
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        await using var gateway = await GatewayProcess.StartAsync(upstream.Url, isFrugal: true);
        await using var client = await gateway.ConnectAsync();
        var memory = MemoryWatch.Start(gateway);

        await client.SendAsync(Requests.PostHead(Length));
        var sending = body.SendAsync(client, Length);
        await body.WaitForStallAsync();
        output.WriteLine($"An upstream that reads nothing lets the client send {body.Sent / 1024} KB ahead.");
        Assert.InRange(body.Sent, 1, AheadBytesMax);
        hasStalled.Set();
        var sent = await sending.OrHang();
        var answer = await client.ReadMessageAsync();

        Assert.Equal("ok", answer.BodyText);
        Assert.Equal(sent, received);
        AssertMemory(await memory.StopAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_OfAHundredMegabytes_ArrivesIntactAndMemoryStays(bool chunked)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        const long Bytes = 100L * 1024 * 1024;
        var received = "";
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadUntilAsync("\r\n\r\n");
            received = chunked ? await Bulk.ReceiveChunkedAsync(peer) : await Bulk.ReceiveAsync(peer, Bytes);
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        await using var gateway = await GatewayProcess.StartAsync(upstream.Url, isFrugal: true);
        await using var client = await gateway.ConnectAsync();
        var memory = MemoryWatch.Start(gateway);

        await client.SendAsync(chunked ? Requests.ChunkedHead() : Requests.PostHead(Bytes));
        var sent = await new Bulk().SendAsync(client, Bytes, chunked).OrHang();
        var answer = await client.ReadMessageAsync();

        Assert.Equal("ok", answer.BodyText);
        Assert.Equal(sent, received);
        AssertMemory(await memory.StopAsync());
    }

    private void AssertMemory(long growth)
    {
        output.WriteLine($"The gateway's memory grew by {growth / 1024} KB at most.");
        Assert.InRange(growth, long.MinValue, MemoryBytesMax);
    }
}
