using System.Globalization;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>Thousands of streams that are open at once and mostly silent, as those of coding agents are.</summary>
public sealed class OpenStreamsTests(ITestOutputHelper output)
{
    private const int Streams = 5000;

    // Two sockets a stream in this process, and as many in the gateway's.
    private const int FilesNeeded = (2 * Streams) + 500;

    // Far above what is measured; it is there to catch a buffer that is held for each stream.
    private const long BytesPerStreamMax = 64 * 1024;

    [Fact]
    public async Task Streams_FiveThousandAtOnce_EachGetsItsEventsAndItsEnd()
    {
        SkipWithoutFiles();
        await using var upstream = new StreamUpstream();
        await using var gateway = await GatewayProcess.StartAsync(upstream.Url, isFrugal: true);
        await WarmUpAsync(gateway, upstream);
        var before = gateway.ResidentBytes;

        var clients = await OpenAsync(gateway, Streams);
        await Task.WhenAll(clients.Select(client => client.ReadAsync("first", close: false))).OrHang();
        var perStream = (gateway.ResidentBytes - before) / Streams;
        output.WriteLine($"{Streams} open streams, {perStream.ToString(CultureInfo.InvariantCulture)} bytes each.");

        upstream.Go("second");
        await Task.WhenAll(clients.Select(client => client.ReadAsync("second", close: false))).OrHang();
        upstream.Go("");
        await Task.WhenAll(clients.Select(client => client.ReadAsync("0\r\n\r\n", close: true))).OrHang();

        Assert.Equal(Streams + 1, upstream.Opened);
        Assert.InRange(perStream, 0, BytesPerStreamMax);
    }

    [Fact]
    public async Task Streams_FiveThousandCancelledAtOnce_UpstreamSeesFiveThousandCloses()
    {
        SkipWithoutFiles();
        await using var upstream = new StreamUpstream();
        await using var gateway = await GatewayProcess.StartAsync(upstream.Url, isFrugal: true);
        var clients = await OpenAsync(gateway, Streams);
        await Task.WhenAll(clients.Select(client => client.ReadAsync("first", close: false))).OrHang();
        Assert.Equal(0, upstream.Closed);

        foreach (var client in clients)
        {
            client.Dispose();
        }

        await Poll.UntilAsync(() => upstream.Closed == Streams);
        Assert.Equal(Streams, upstream.Opened);
    }

    private static void SkipWithoutFiles()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        var limits = File.ReadLines("/proc/self/limits");
        var limit = limits.First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var hard = limit.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        Assert.SkipWhen(
            int.TryParse(hard, CultureInfo.InvariantCulture, out var files) && files < FilesNeeded,
            $"The limit of open files is {hard}, and {FilesNeeded} are needed (ulimit -Hn).");
    }

    // What the gateway does the first time is not a stream's.
    private static async Task WarmUpAsync(GatewayProcess gateway, StreamUpstream upstream)
    {
        var client = Assert.Single(await OpenAsync(gateway, 1));
        await client.ReadAsync("first", close: false).OrHang();
        client.Dispose();
        await Poll.UntilAsync(() => upstream.Closed == 1);
    }

    private static async Task<List<StreamClient>> OpenAsync(GatewayProcess gateway, int count)
    {
        // No more at a time than a listener's queue takes.
        const int AtOnce = 100;
        var clients = new List<StreamClient>(count);
        while (clients.Count < count)
        {
            var some = Enumerable.Range(0, Math.Min(AtOnce, count - clients.Count));
            clients.AddRange(await Task.WhenAll(some.Select(_ => StreamClient.OpenAsync(gateway.Port))).OrHang());
        }

        return clients;
    }
}
