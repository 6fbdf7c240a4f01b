using Microsoft.AspNetCore.Hosting;
using Sluice.Proxy.Model;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>
/// Each limit of time: what the client gets, and that the other side is closed too. The clock is the test's.
/// </summary>
public sealed class TimeoutTests
{
    private const string StreamHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Connect_TakesTooLong_Gets504()
    {
        var given = new Signal();
        var connections = new MemoryConnections(async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => given.Set(), TaskScheduler.Default);
            throw new OperationCanceledException(token);
        });
        await using var gateway = await GatewayHost.StartAsync(new Uri("http://127.0.0.1:9"), new GatewayHostOptions
        {
            Time = _time,
            Connections = connections,
            Upstream = new UpstreamOptions { ConnectTimeout = Limit },
        });
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Requests.Get);
        var answer = await PassAsync(client.ReadMessageAsync());

        AssertError(answer, 504, 5040, "upstream");
        await given.WaitAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ResponseHead_DoesNotCome_Gets504AndUpstreamIsClosed(bool afterPart)
    {
        await using var upstream = Watched.Create(out var closed, async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(afterPart ? "HTTP/1.1 200 OK\r\nContent-" : "");
        });
        await using var gateway = await StartAsync(upstream, upstreamOptions: new() { ResponseHeadTimeout = Limit });
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Requests.Post("body"));
        var answer = await PassAsync(client.ReadMessageAsync());

        AssertError(answer, 504, 5041, "upstream");
        Assert.Equal("close", answer.Header("connection"));
        await closed.OrHang();
        Assert.Empty(await PassAsync(client.ReadToEndAsync()));
    }

    [Fact]
    public async Task ResponseHead_DoesNotComeToATlsClient_Gets504Once()
    {
        using var certificate = TestCertificate.CreateSelfSigned();
        await using var upstream = Watched.Create(out var closed, peer => peer.ReadMessageAsync());
        await using var gateway = await GatewayHost.StartAsync(upstream.Url, new GatewayHostOptions
        {
            Time = _time,
            Upstream = new UpstreamOptions { ResponseHeadTimeout = Limit },
            ConfigureListener = listen => listen.UseHttps(certificate),
        });
        await using var client = await RawPeer.ConnectTlsAsync(gateway.Port, certificate);

        await client.SendAsync(Requests.Post("body"));
        var answer = await PassAsync(client.ReadMessageAsync());

        AssertError(answer, 504, 5041, "upstream");
        Assert.Empty(await PassAsync(client.ReadToEndAsync()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Response_FallsSilent_IsCutAndUpstreamIsClosed(int events)
    {
        await using var upstream = Watched.Create(out var closed, async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(StreamHead + string.Concat(Enumerable.Repeat("3\r\none\r\n", events)));
        });
        await using var gateway = await StartAsync(upstream, upstreamOptions: new() { ResponseIdleTimeout = Limit });
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Requests.Get);
        var answer = await PassAsync(client.ReadMessageAsync());

        Assert.Equal(200, answer.Status);
        Assert.False(answer.IsWhole);
        await closed.OrHang();
        await gateway.ExchangeLoggedAsync("outcome=timed_out");
    }

    [Fact]
    public async Task Response_SlowerThanTheLimitAltogether_IsNotCut()
    {
        var more = new Turnstile();
        await using var upstream = Watched.Create(out var closed, async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(StreamHead);
            for (var i = 0; i < 5; i++)
            {
                await more.PassAsync();
                await peer.SendAsync("3\r\none\r\n");
            }

            await peer.SendAsync("0\r\n\r\n");
        });
        await using var gateway = await StartAsync(upstream, upstreamOptions: new()
        {
            ResponseIdleTimeout = Limit,
            ResponseHeadTimeout = Limit,
        });
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Requests.Get);
        await client.ReadUntilAsync("\r\n\r\n");
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(Limit - Step);
            more.Release();
            await client.ReadUntilAsync("one\r\n");
        }

        await client.ReadUntilAsync("0\r\n\r\n");
    }

    [Fact]
    public async Task RequestHead_DoesNotEnd_Gets408AndIsClosed()
    {
        await using var upstream = Watched.Create(out var closed, _ => Task.CompletedTask);
        await using var gateway = await StartAsync(upstream, new() { RequestHeadTimeout = Limit });
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("POST /v1/acct/gw/openai/x HTTP/1.1\r\nHo");
        var answer = await PassAsync(client.ReadMessageAsync());

        AssertError(answer, 408, 4080, "client");
        Assert.Equal("close", answer.Header("connection"));
        Assert.Empty(await PassAsync(client.ReadToEndAsync()));
        Assert.Equal(0, upstream.Connections);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RequestBody_StopsComing_Gets408AndUpstreamIsClosed(bool chunked)
    {
        await using var upstream = Watched.Create(out var closed, peer => peer.ReadUntilAsync("part"));
        await using var gateway = await StartAsync(upstream, new() { RequestBodyIdleTimeout = Limit });
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(chunked ? Requests.ChunkedHead() + "8\r\npart" : Requests.PostHead(1000) + "part");
        var answer = await PassAsync(client.ReadMessageAsync());

        AssertError(answer, 408, 4081, "client");
        Assert.Equal("close", answer.Header("connection"));
        await closed.OrHang();
        Assert.Empty(await PassAsync(client.ReadToEndAsync()));
    }

    [Fact]
    public async Task RequestBody_IsNotTakenByTheUpstream_Gets504AndNot408()
    {
        var isOver = new Signal();
        await using var upstream = new ScriptedUpstream(_ => isOver.Task);
        await using var gateway = await StartAsync(
            upstream, new() { RequestBodyIdleTimeout = Limit }, new() { ResponseHeadTimeout = 2 * Limit });
        await using var client = await gateway.ConnectAsync();

        // No socket buffers take that much.
        const int Length = 100 * 1024 * 1024;
        await client.SendAsync(Requests.PostHead(Length));
        var sending = new Bulk().SendAsync(client, Length);
        var answer = await PassAsync(client.ReadMessageAsync());

        AssertError(answer, 504, 5041, "upstream");
        await PassAsync(client.ReadToEndAsync());
        await Assert.ThrowsAsync<IOException>(() => sending.OrHang());
        isOver.Set();
    }

    [Fact]
    public async Task Connection_UnusedForTooLong_IsClosedWithoutAWord()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await StartAsync(upstream, new() { KeepAliveTimeout = Limit });
        await using var unused = await gateway.ConnectAsync();
        await using var used = await gateway.ConnectAsync();

        await used.SendAsync(Requests.Get);
        await used.ReadMessageAsync();
        var ends = Task.WhenAll(unused.ReadToEndAsync(), used.ReadToEndAsync());
        await PassAsync(ends);

        Assert.All(await ends, Assert.Empty);
        Assert.False(unused.WasReset || used.WasReset);
    }

    [Fact]
    public async Task Client_TakesNoBytes_IsCutAndUpstreamIsClosed()
    {
        var closed = new Signal();
        await using var upstream = ScriptedUpstream.Answering(async (_, peer) =>
        {
            try
            {
                await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                while (true)
                {
                    await peer.SendAsync(new byte[64 * 1024]);
                }
            }
            catch (IOException)
            {
                closed.Set();
            }
        });
        await using var gateway = await StartAsync(upstream, new() { ClientWriteTimeout = Limit });
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Requests.Get);
        await PassAsync(closed.Task);
        await gateway.ExchangeLoggedAsync("outcome=timed_out");
        await client.ReadToEndAsync();

        Assert.True(client.WasReset);
    }

    private static void AssertError(RawMessage answer, int status, int code, string source)
    {
        Assert.Equal(status, answer.Status);
        var error = ErrorBody.Read(answer);
        Assert.Equal((code, source), (error.Code, error.Source));
    }

    private Task<GatewayHost> StartAsync(
        ScriptedUpstream upstream, EngineLimits? limits = null, UpstreamOptions? upstreamOptions = null) =>
        GatewayHost.StartAsync(upstream.Url, new GatewayHostOptions
        {
            Time = _time,
            Limits = limits ?? new EngineLimits(),
            Upstream = upstreamOptions ?? new UpstreamOptions(),
        });

    private async Task<T> PassAsync<T>(Task<T> task)
    {
        await _time.AdvanceUntilAsync(task, Step);
        return await task;
    }

    private Task PassAsync(Task task) => _time.AdvanceUntilAsync(task, Step);
}
