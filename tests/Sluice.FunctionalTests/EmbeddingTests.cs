using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>In front of an application of its own, the engine takes what is its and leaves the rest.</summary>
public sealed class EmbeddingTests
{
    private const string ToUpstream = "GET /v1/acct/gw/openai/models HTTP/1.1\r\nHost: g\r\n\r\n";
    private const string ToApplication = "GET /own?a=b HTTP/1.1\r\nHost: g\r\n\r\n";
    private static readonly byte[] FromUpstream = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nupstream"u8.ToArray();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_OfTheApplication_IsAnsweredByIt()
    {
        await using var upstream = ScriptedUpstream.Answering(FromUpstream, []);
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(ToApplication);
            Assert.Equal("GET /own?a=b g ", (await client.ReadMessageAsync()).BodyText);
        }

        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task Request_OfTheGateway_GoesToItsProvider()
    {
        await using var upstream = ScriptedUpstream.Answering(FromUpstream, []);
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(ToUpstream);
            Assert.Equal("upstream", (await client.ReadMessageAsync()).BodyText);
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Request_BehindOneOfTheGateway_ReachesTheApplication()
    {
        await using var upstream = ScriptedUpstream.Answering(FromUpstream, []);
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(ToUpstream);
        Assert.Equal("upstream", (await client.ReadMessageAsync()).BodyText);
        await client.SendAsync(ToApplication);

        Assert.Equal("GET /own?a=b g ", (await client.ReadMessageAsync()).BodyText);
    }

    [Fact]
    public async Task Requests_Pipelined_AreDividedBetweenBoth()
    {
        await using var upstream = ScriptedUpstream.Answering(FromUpstream, []);
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(
            ToUpstream + "POST /own HTTP/1.1\r\nHost: g\r\nContent-Length: 5\r\n\r\nhello" + ToApplication);

        Assert.Equal("upstream", (await client.ReadMessageAsync()).BodyText);
        Assert.Equal("POST /own g hello", (await client.ReadMessageAsync()).BodyText);
        Assert.Equal("GET /own?a=b g ", (await client.ReadMessageAsync()).BodyText);
    }

    [Theory]
    [InlineData("Content-Length: 11\r\n\r\n", "hello world")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")]
    public async Task Body_OfTheApplicationsRequest_ReachesItWhole(string fields, string body)
    {
        await using var upstream = ScriptedUpstream.Answering(FromUpstream, []);
        await using var gateway = await StartAsync(upstream);
        await using var whole = await gateway.ConnectAsync();
        await using var bytewise = await gateway.ConnectAsync();

        var request = Encoding.ASCII.GetBytes("POST /own HTTP/1.1\r\nHost: g\r\n" + fields + body);
        await whole.SendAsync(request);
        for (var i = 0; i < request.Length; i++)
        {
            await bytewise.SendAsync(request.AsMemory(i, 1));
        }

        Assert.Equal("POST /own g hello world", (await whole.ReadMessageAsync()).BodyText);
        Assert.Equal("POST /own g hello world", (await bytewise.ReadMessageAsync()).BodyText);
    }

    [Fact]
    public async Task Body_LargerThanAllBuffers_ReachesTheApplication()
    {
        const int Count = 5_000_000;
        await using var upstream = ScriptedUpstream.Answering(FromUpstream, []);
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync($"POST /own/length HTTP/1.1\r\nHost: g\r\nContent-Length: {Count}\r\n\r\n");
        await client.SendAsync(new byte[Count]).OrHang();

        Assert.Equal($"{Count}", (await client.ReadMessageAsync()).BodyText);
    }

    [Fact]
    public async Task Request_ThatTheEngineCannotRead_IsTheApplicationsToRefuse()
    {
        await using var upstream = ScriptedUpstream.Answering(FromUpstream, []);
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET /own HTTP/1.1\r\nHost: g\r\nHost: h\r\n\r\n");
        var answer = await client.ReadMessageAsync();

        Assert.Equal(400, answer.Status);
        Assert.Equal("Kestrel", answer.Header("server"));
    }

    [Theory]
    [InlineData("/v1/acct/other/openai/x", 2001)]
    [InlineData("/v1/acct/gw/nobody/x", 2008)]
    [InlineData("/v1/acct/gw/compat/chat/completions", 5011)]
    public async Task Path_ThatOnlyTheGatewayCouldServe_IsRefusedByIt(string path, int code)
    {
        await using var upstream = ScriptedUpstream.Answering(FromUpstream, []);
        await using var gateway = await StartAsync(upstream);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: g\r\n\r\n");

        Assert.Equal(code, ErrorBody.Read(await client.ReadMessageAsync()).Code);
    }

    [Fact]
    public async Task Http2_OnAnHttp2Listener_IsTheApplications()
    {
        await using var upstream = ScriptedUpstream.Answering(FromUpstream, []);
        await using var gateway = await StartAsync(upstream, HttpProtocols.Http2);
        using var client = new HttpClient();

        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{gateway.Port}/own")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new StringContent("hello"),
            };
            using var answer = await client.SendAsync(request, Ended).OrHang();

            Assert.Equal(HttpVersion.Version20, answer.Version);
            Assert.Equal(
                $"POST /own 127.0.0.1:{gateway.Port} hello", await answer.Content.ReadAsStringAsync(Ended).OrHang());
        }
    }

    private static Task<GatewayHost> StartAsync(
        ScriptedUpstream upstream, HttpProtocols protocols = HttpProtocols.Http1) => GatewayHost.StartAsync(
        upstream.Url,
        new GatewayHostOptions
        {
            HandsOn = true,
            ConfigureListener = listen => listen.Protocols = protocols,
            ConfigureApp = app =>
            {
                app.Map("/own", async (HttpRequest request) =>
                {
                    using var reader = new StreamReader(request.Body);
                    var body = await reader.ReadToEndAsync();
                    return $"{request.Method} {request.Path}{request.QueryString} {request.Host} {body}";
                });
                app.MapPost("/own/length", async (HttpRequest request) =>
                {
                    var counted = 0L;
                    var buffer = new byte[64 * 1024];
                    while (await request.Body.ReadAsync(buffer) is > 0 and var count)
                    {
                        counted += count;
                    }

                    return $"{counted}";
                });
            },
        });
}
