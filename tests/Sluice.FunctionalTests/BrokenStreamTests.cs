using System.Text;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>
/// A response that breaks off at the upstream reaches the client as one that broke off, never as a whole one.
/// </summary>
public sealed class BrokenStreamTests
{
    private const string Part = "data: 1\n\n";

    /// <summary>How the upstream frames its response.</summary>
    public enum Framing
    {
        Chunked,
        Length,
        UntilClose,
    }

    // Without UntilClose and Close: that is the proper end of such a response.
    public static TheoryData<Framing, string, Disconnect> Breaks =>
    [
        .. from framing in Enum.GetValues<Framing>()
           from version in (string[])["HTTP/1.1", "HTTP/1.0"]
           from how in Enum.GetValues<Disconnect>()
           where framing != Framing.UntilClose || how != Disconnect.Close
           select new TheoryDataRow<Framing, string, Disconnect>(framing, version, how),
    ];

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task Upstream_BreaksOffInMidStream_ClientSeesABrokenStream(
        Framing framing, string version, Disconnect how)
    {
        var arrived = new Signal();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(Head(framing) + (framing == Framing.Chunked ? $"9\r\n{Part}\r\n" : Part));
            await arrived.WaitAsync();
            if (how == Disconnect.Reset)
            {
                peer.Reset();
            }
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync($"GET {Requests.Path} {version}\r\nHost: g\r\n\r\n");
        var head = await client.ReadUntilAsync("\r\n\r\n");
        var isChunked = head.Contains("chunked", StringComparison.OrdinalIgnoreCase);
        await client.ReadUntilAsync(isChunked ? Part + "\r\n" : Part);
        arrived.Set();
        var rest = Encoding.Latin1.GetString(await client.ReadToEndAsync());

        Assert.Equal("", rest);
        Assert.Equal(version == "HTTP/1.1" && framing != Framing.Length, isChunked);

        // Where the close alone frames the response, a plain close would say that it is whole.
        var isFramedByClose = !isChunked && framing != Framing.Length;
        Assert.True(client.WasReset || !isFramedByClose, "The connection was closed as if the response were whole.");
        await gateway.ExchangeLoggedAsync("outcome=upstream_truncated");
    }

    [Theory]
    [InlineData("HTTP/1.1", "9\r\ndata: 1\n\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.0", Part)]
    public async Task Upstream_EndsResponseWithClose_ClientSeesAProperEnd(string version, string body)
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(Head(Framing.UntilClose) + Part);
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync($"GET {Requests.Path} {version}\r\nHost: g\r\nConnection: close\r\n\r\n");
        await client.ReadUntilAsync("\r\n\r\n");

        Assert.Equal(body, Encoding.Latin1.GetString(await client.ReadToEndAsync()));
        Assert.False(client.WasReset);
    }

    private static string Head(Framing framing) =>
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + framing switch
        {
            Framing.Chunked => "Transfer-Encoding: chunked\r\n\r\n",
            Framing.Length => "Content-Length: 1000\r\n\r\n",
            _ => "\r\n",
        };
}
