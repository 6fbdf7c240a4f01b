using System.Collections.Concurrent;
using System.Text;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>
/// Every request that a real client has sent goes through unchanged but for the lines that are the gateway's.
/// </summary>
public sealed class FixtureReplayTests
{
    private static readonly byte[] Empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    public static TheoryData<string> Names => [.. FixtureFiles.Requests];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Request_Recorded_ReachesUpstreamByteForByte(string name)
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(Empty, seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(RecordedRequests.Sent(name));
        var answer = await client.ReadMessageAsync(hasBody: !RecordedRequests.IsHead(name));

        Assert.Equal(200, answer.Status);
        Assert.Equal(RecordedRequests.Expected(name, upstream.Port), TextOf(Assert.Single(seen)));
    }

    [Theory]
    [InlineData("claude-code-head-preflight")]
    [InlineData("claude-code-title")]
    [InlineData("aws-sdk-signed-converse-stream")]
    [InlineData("codex-websocket-upgrade")]
    [InlineData("openai-sdk-file-upload")]
    public async Task Request_InSingleBytes_ReachesUpstreamByteForByte(string name)
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(Empty, seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        var bytes = RecordedRequests.Sent(name);
        for (var i = 0; i < bytes.Length; i++)
        {
            await client.SendAsync(bytes.AsMemory(i, 1));
        }

        await client.ReadMessageAsync(hasBody: !RecordedRequests.IsHead(name));
        Assert.Equal(RecordedRequests.Expected(name, upstream.Port), TextOf(Assert.Single(seen)));
    }

    [Fact]
    public async Task Requests_OneAfterAnother_ReachUpstreamOnOneConnection()
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(Empty, seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        foreach (var name in FixtureFiles.Requests)
        {
            await client.SendAsync(RecordedRequests.Sent(name));
            await client.ReadMessageAsync(hasBody: !RecordedRequests.IsHead(name));
            Assert.True(seen.TryDequeue(out var request));
            Assert.Equal(RecordedRequests.Expected(name, upstream.Port), TextOf(request));
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Requests_PipelinedAllAtOnce_AreAnsweredInOrder()
    {
        var names = FixtureFiles.Requests;
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(async (request, peer) =>
        {
            seen.Enqueue(request);
            await peer.SendAsync($"HTTP/1.1 200 OK\r\nX-Number: {seen.Count}\r\nContent-Length: 0\r\n\r\n");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        var sending = client.SendAsync(names.SelectMany(RecordedRequests.Sent).ToArray());
        for (var i = 0; i < names.Count; i++)
        {
            var answer = await client.ReadMessageAsync(hasBody: !RecordedRequests.IsHead(names[i]));
            Assert.Equal($"{i + 1}", answer.Header("x-number"));
        }

        await sending.OrHang();
        Assert.Equal(
            names.Select(name => RecordedRequests.Expected(name, upstream.Port)),
            seen.Select(TextOf));
    }

    private static string TextOf(RawMessage message)
    {
        Assert.True(message.IsWhole);
        return Encoding.Latin1.GetString(message.Raw);
    }
}
