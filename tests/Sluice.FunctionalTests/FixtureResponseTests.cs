using System.Globalization;
using System.Text;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>
/// Every response that a provider has sent comes back unchanged but for the lines that are the connection's.
/// </summary>
public sealed class FixtureResponseTests
{
    private const string Request =
        "POST /v1/acct/gw/anthropic/v1/messages HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\n\r\n{}";

    private const string CloseFramed = "anthropic-stream-close-framed";
    private const string Cut = "anthropic-stream-truncated-reset";

    public static TheoryData<string> Names => [.. FixtureFiles.Responses.Except([CloseFramed, Cut])];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Response_Recorded_ReachesClientByteForByte(string name)
    {
        var response = FixtureFiles.ReadResponse(name);
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(response));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Request);
        var answer = await client.ReadMessageAsync();

        Assert.True(answer.IsWhole);
        Assert.Equal(Expected(response), Encoding.Latin1.GetString(answer.Raw));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Response_InSmallPieces_ReachesClientByteForByte(string name)
    {
        const int PieceBytes = 7;
        var response = FixtureFiles.ReadResponse(name);
        await using var upstream = ScriptedUpstream.Answering(async (_, peer) =>
        {
            for (var i = 0; i < response.Length; i += PieceBytes)
            {
                await peer.SendAsync(response.AsMemory(i, Math.Min(PieceBytes, response.Length - i)));
            }
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Request);

        Assert.Equal(Expected(response), Encoding.Latin1.GetString((await client.ReadMessageAsync()).Raw));
    }

    [Fact]
    public async Task Responses_OneAfterAnother_ReachClientOnOneConnection()
    {
        var responses = FixtureFiles.Responses.Except([CloseFramed, Cut]).Select(FixtureFiles.ReadResponse).ToList();
        var next = 0;
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(responses[next++]));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        foreach (var response in responses)
        {
            await client.SendAsync(Request);
            Assert.Equal(Expected(response), Encoding.Latin1.GetString((await client.ReadMessageAsync()).Raw));
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Responses_ToPipelinedRequests_ReachClientInOrder()
    {
        var responses = FixtureFiles.Responses.Except([CloseFramed, Cut]).Select(FixtureFiles.ReadResponse).ToList();
        var next = 0;
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(responses[next++]));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(string.Concat(Enumerable.Repeat(Request, responses.Count)));

        foreach (var response in responses)
        {
            Assert.Equal(Expected(response), Encoding.Latin1.GetString((await client.ReadMessageAsync()).Raw));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Response_CutByUpstream_ArrivesAsCut(bool byReset)
    {
        var response = FixtureFiles.ReadResponse(Cut);
        var hasArrived = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(response);
            await hasArrived.Task;
            if (byReset)
            {
                peer.Reset();
            }
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Request);
        var expected = Expected(response);
        Assert.Equal(expected, await client.ReadUntilAsync(expected[^40..]));
        hasArrived.SetResult();

        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Response_CutBySilentEndOfChunk_IsNotWholeForClient()
    {
        // Ends at once, so that head, body and end of the connection may come in one read.
        var response = FixtureFiles.ReadResponse(Cut);
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(response);
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Request);
        var answer = await client.ReadMessageAsync();

        Assert.False(answer.IsWhole);
        Assert.Equal(Expected(response), Encoding.Latin1.GetString(answer.Raw));
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Response_EndingWithItsConnection_BecomesChunked()
    {
        var response = FixtureFiles.ReadResponse(CloseFramed);
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(response);
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Request);
            var answer = await client.ReadMessageAsync();

            var (head, body) = FixtureFiles.Split(response);
            Assert.True(answer.IsWhole);
            Assert.Equal(ExpectedHead(head, isChunked: true), answer.Head);
            Assert.Equal(body, answer.Body);
        }
    }

    [Fact]
    public async Task Response_WithDate_KeepsItAndWithoutOneIsGivenOne()
    {
        var next = 0;
        string[] dates = ["Date: yesterday\r\n", ""];
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(
            $"HTTP/1.1 200 OK\r\nA: 1\r\n{dates[next++]}Content-Length: 0\r\n\r\n"));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Request);
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nA: 1\r\nDate: yesterday\r\nContent-Length: 0\r\n\r\n",
            (await client.ReadMessageAsync()).Head);

        await client.SendAsync(Request);
        var answer = await client.ReadMessageAsync();
        Assert.Equal(["A", "Content-Length", "Date"], answer.Headers.Select(header => header.Key));
        Assert.True(DateTimeOffset.TryParseExact(
            answer.Header("date"), "R", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
    }

    private static string Expected(byte[] response)
    {
        var (head, body) = FixtureFiles.Split(response);
        var isChunked = Encoding.Latin1.GetString(head)
            .Contains("\r\nTransfer-Encoding: chunked", StringComparison.Ordinal);
        return ExpectedHead(head, isChunked) + Encoding.Latin1.GetString(body);
    }

    private static string ExpectedHead(byte[] head, bool isChunked)
    {
        string[] removed = ["connection:", "keep-alive:", "transfer-encoding:"];
        var lines = Encoding.Latin1.GetString(head).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !removed.Any(name => line.StartsWith(name, StringComparison.OrdinalIgnoreCase)));
        return string.Join("\r\n", lines) + "\r\n" + (isChunked ? "Transfer-Encoding: chunked\r\n" : "") + "\r\n";
    }
}
