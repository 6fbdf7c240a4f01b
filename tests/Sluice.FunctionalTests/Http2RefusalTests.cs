using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>A client that speaks another protocol is told so in its own, and the log has a hint.</summary>
public sealed class Http2RefusalTests
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static readonly byte[] SettingsAndGoAway =
    [
        0, 0, 0, 4, 0, 0, 0, 0, 0,
        0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13,
    ];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Preface)]
    [InlineData(Preface + "\0\0\0\u0004\0\0\0\0\0")]
    [InlineData("PRI * HTTP/2.0\r\n")]
    public async Task Preface_OnAnHttp1Listener_GetsGoAwayWithHttp11Required(string opening)
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(opening);
        client.ShutdownSend();

        Assert.Equal(SettingsAndGoAway, await client.ReadToEndAsync());
        Assert.Equal(0, upstream.Connections);
        var line = await gateway.Log.WaitForAsync(
            "Sluice.Proxy", text => text.Contains("HTTP/2", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Equal(1000, line.EventId);
        Assert.EndsWith("set the client to HTTP/1.1.", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preface_OnAConnectionInUse_GetsGoAwayToo()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET /v1/acct/gw/openai/x HTTP/1.1\r\nHost: g\r\n\r\n");
        await client.ReadMessageAsync();
        await client.SendAsync(Preface);
        client.ShutdownSend();

        Assert.Equal(SettingsAndGoAway, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task HttpClient_WithPriorKnowledge_FailsAtOnceAndWorksWithHttp11()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        using var client = new HttpClient();

        // Whether it names HTTP_1_1_REQUIRED depends on whether its request was on the way when the GOAWAY came.
        await Assert.ThrowsAsync<HttpRequestException>(
            () => client.SendAsync(CreateRequest(gateway, HttpVersion.Version20), Ended)).OrHang();
        using var answer = await client.SendAsync(CreateRequest(gateway, HttpVersion.Version11), Ended).OrHang();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task TlsClient_OnAPlainListener_GetsAnAnswerAndTheLogAHint()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        // The first bytes of a real ClientHello; the rest does not matter any more.
        await client.SendAsync("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003");
        var answer = await client.ReadMessageAsync();

        var error = ErrorBody.Read(answer);
        Assert.Equal(400, answer.Status);
        Assert.Equal(4000, error.Code);
        Assert.Contains("use http://", error.Message, StringComparison.Ordinal);
        var line = await gateway.Log.WaitForAsync(
            "Sluice.Proxy", text => text.Contains("TLS", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Equal(1001, line.EventId);
        Assert.Contains("set the client to http://", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SslStream_OnAPlainListener_FailsInsteadOfHanging()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Port, Ended);
        await using var tls = new SslStream(socket.GetStream());

        await Assert.ThrowsAsync<AuthenticationException>(() => tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost" }, Ended)).OrHang();
    }

    private static HttpRequestMessage CreateRequest(GatewayHost gateway, Version version) =>
        new(HttpMethod.Post, gateway.BaseUrl("openai") + "/responses")
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("{}", MediaTypeHeaderValue.Parse("application/json")),
        };
}
