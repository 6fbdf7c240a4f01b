using System.Diagnostics;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>
/// A client that goes away takes its upstream request with it, in every phase: nobody pays for unread tokens.
/// </summary>
public sealed class CancellationTests(ITestOutputHelper output)
{
    private const string EventStream =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    private const string Event = "9\r\ndata: 1\n\n\r\n";

    /// <summary>What a client is doing when it goes away.</summary>
    public enum Phase
    {
        WaitingForHead,
        Streaming,
        QuietStream,
        Uploading,
        UploadingChunks,
        AfterExpect,
        AfterContinue,
    }

    /// <summary>When nothing flows that could fail by itself.</summary>
    public enum QuietPhase
    {
        WaitingForHead,
        QuietStream,
    }

    public static MatrixTheoryData<Phase, Disconnect> Phases =>
        new(Enum.GetValues<Phase>(), Enum.GetValues<Disconnect>());

    public static MatrixTheoryData<QuietPhase, Disconnect> QuietPhases =>
        new(Enum.GetValues<QuietPhase>(), Enum.GetValues<Disconnect>());

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Client_GoesAway_UpstreamConnectionIsClosed(Phase phase, Disconnect how)
    {
        var reached = new Signal();
        var closed = new Signal();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await RunUpstreamAsync(phase, peer, reached);
            await peer.ReadToEndAsync();
            closed.Set();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(phase switch
        {
            Phase.Uploading => Requests.PostHead(1000) + "part",
            Phase.UploadingChunks => Requests.ChunkedHead() + "4\r\npart\r\n",
            Phase.AfterExpect or Phase.AfterContinue => Requests.PostHead(1000, "Expect: 100-continue\r\n"),
            _ => Requests.Get,
        });
        await reached.WaitAsync();
        if (phase is Phase.Streaming or Phase.QuietStream or Phase.AfterContinue)
        {
            await client.ReadUntilAsync(phase == Phase.AfterContinue ? "100 Continue\r\n\r\n" : Event);
        }

        Leave(client, how);

        await closed.WaitAsync();
        await gateway.ExchangeLoggedAsync("outcome=client_cancelled");
        Assert.Equal(0, gateway.Runtime.ActiveExchanges);
    }

    [Theory]
    [InlineData(Disconnect.Close)]
    [InlineData(Disconnect.Reset)]
    public async Task Client_GoesAwayDuringConnect_ConnectIsCancelled(Disconnect how)
    {
        var connecting = new Signal();
        var cancelled = new Signal();
        var connections = new MemoryConnections(async (_, token) =>
        {
            connecting.Set();
            await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => cancelled.Set(), TaskScheduler.Default);
            throw new OperationCanceledException(token);
        });
        await using var gateway = await GatewayHost.StartAsync(
            new Uri("http://127.0.0.1:9"), new GatewayHostOptions { Connections = connections });
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Requests.Post("body"));
        await connecting.WaitAsync();
        Leave(client, how);

        await cancelled.WaitAsync();
        await gateway.ExchangeLoggedAsync("outcome=client_cancelled");
    }

    [Theory]
    [MemberData(nameof(QuietPhases))]
    public async Task Client_GoesAway_UpstreamSeesItWithin100Milliseconds(QuietPhase phase, Disconnect how)
    {
        const int Rounds = 20;
        var reached = new Turnstile();
        var seen = new Turnstile();
        long seenAt = 0;
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            if (phase == QuietPhase.QuietStream)
            {
                await peer.SendAsync(EventStream + Event);
            }

            reached.Release();
            await peer.ReadToEndAsync();
            Volatile.Write(ref seenAt, Stopwatch.GetTimestamp());
            seen.Release();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        var delays = new List<TimeSpan>();

        for (var i = 0; i < Rounds; i++)
        {
            await using var client = await gateway.ConnectAsync();
            await client.SendAsync(Requests.Post("body"));
            await reached.PassAsync();
            if (phase == QuietPhase.QuietStream)
            {
                await client.ReadUntilAsync(Event);
            }

            var left = Stopwatch.GetTimestamp();
            Leave(client, how);
            await seen.PassAsync();
            delays.Add(Stopwatch.GetElapsedTime(left, Volatile.Read(ref seenAt)));
        }

        delays.Sort();
        var median = delays[Rounds / 2];
        var worst = delays[^1];
        output.WriteLine(
            $"{phase}, {how}: median {median.TotalMilliseconds:F2} ms, worst {worst.TotalMilliseconds:F2} ms");
        Assert.True(median <= TimeSpan.FromMilliseconds(100), $"The median was {median.TotalMilliseconds} ms.");
    }

    private static async Task RunUpstreamAsync(Phase phase, RawPeer peer, Signal reached)
    {
        switch (phase)
        {
            case Phase.WaitingForHead:
                await peer.ReadMessageAsync();
                reached.Set();
                break;
            case Phase.Streaming:
                await peer.ReadMessageAsync();
                await peer.SendAsync(EventStream);
                reached.Set();
                await SendForeverAsync(peer);
                break;
            case Phase.QuietStream:
                await peer.ReadMessageAsync();
                await peer.SendAsync(EventStream + Event);
                reached.Set();
                break;
            case Phase.Uploading or Phase.UploadingChunks:
                await peer.ReadUntilAsync("part");
                reached.Set();
                break;
            case Phase.AfterContinue:
                await peer.ReadUntilAsync("\r\n\r\n");
                await peer.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
                reached.Set();
                break;
            default:
                await peer.ReadUntilAsync("\r\n\r\n");
                reached.Set();
                break;
        }
    }

    private static async Task SendForeverAsync(RawPeer peer)
    {
        try
        {
            while (true)
            {
                await peer.SendAsync(Event);
            }
        }
        catch (IOException)
        {
            // The gateway has closed the connection.
        }
    }

    private static void Leave(RawPeer client, Disconnect how)
    {
        if (how == Disconnect.Close)
        {
            client.ShutdownSend();
        }
        else
        {
            client.Reset();
        }
    }
}
