using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class UpstreamConnectorProxyTests : IDisposable
{
    private static readonly UpstreamAddress Tls = new("api.test", 443, isTls: true);
    private static readonly UpstreamAddress Plain = new("api.test", 80, isTls: false);

    private readonly ManualClock _clock = new();
    private readonly TrackingConnectionFactory _sockets = new();
    private readonly string _bundle = TestCertificates.WriteBundle(TestCertificates.Root);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_bundle);

    [Fact(Timeout = 30_000)]
    public async Task Connect_TlsUpstream_RunsTlsWithTheUpstreamThroughTheTunnel()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);
        await using var proxy = new TinyProxy { Upstream = server.EndPoint };
        await using var connection = await ConnectedAsync(Tls, proxy.Url("user:pass@"));

        Assert.Equal("hello", await connection.EchoAsync("hello", Token));

        Assert.Equal(
            "CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n",
            Assert.Single(proxy.Requests));
        Assert.Equal("api.test", Assert.Single(server.Handshakes).ServerName);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_PlaintextUpstream_IsTunnelledAndKeepsEarlyBytes()
    {
        await using var proxy = new TinyProxy { Answer = "HTTP/1.1 200 OK\r\n\r\nearly" };
        await using var connection = await ConnectedAsync(Plain, proxy.Url());

        Assert.Equal("early", await connection.ReadTextAsync(5, Token));

        Assert.StartsWith("CONNECT api.test:80 HTTP/1.1\r\n", Assert.Single(proxy.Requests));
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_ProxyWithTls_RunsTlsWithinTls()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);
        await using var proxy = new TinyProxy { Upstream = server.EndPoint, Certificate = TestCertificates.Valid };
        await using (var connection = await ConnectedAsync(Tls, proxy.Url()))
        {
            Assert.Equal("hello", await connection.EchoAsync("hello", Token));
        }

        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_ProxyWithUntrustedTls_IsTheProxysFault()
    {
        await using var proxy = new TinyProxy { Certificate = TestCertificates.OtherRoot };

        var error = await FailedAsync(Tls, proxy.Url());

        Assert.Equal(RejectionReason.UpstreamProxyFailed, error.Reason);
        Assert.StartsWith(
            $"proxy 127.0.0.1:{proxy.Port}: the certificate of 127.0.0.1 is not trusted: [CN=Some Other Root]",
            error.Detail);
        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_UpstreamWithUntrustedTls_IsTheUpstreamsFault()
    {
        await using var server = new TlsEchoServer(TestCertificates.WrongName);
        await using var proxy = new TinyProxy { Upstream = server.EndPoint };

        Assert.Equal(RejectionReason.UpstreamTlsFailed, (await FailedAsync(Tls, proxy.Url())).Reason);
        _sockets.AssertAllClosed(1);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "407 Proxy Authentication Required")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\n\r\n", "502 Bad Gateway")]
    [InlineData("\u0015\u0003\u0001 garbage\r\n\r\n", "is not HTTP")]
    [InlineData("", "closed the connection before it answered CONNECT")]
    public async Task Connect_ProxyRefuses_SaysWhatItAnsweredAndCloses(string answer, string expected)
    {
        await using var proxy = new TinyProxy { Answer = answer };

        var error = await FailedAsync(Tls, proxy.Url("canary:swordfish@"));

        Assert.Equal(RejectionReason.UpstreamProxyFailed, error.Reason);
        Assert.StartsWith($"proxy 127.0.0.1:{proxy.Port}: ", error.Detail);
        Assert.Contains(expected, error.Detail);
        Assert.DoesNotContain("canary", error.Detail);
        Assert.DoesNotContain("swordfish", error.Detail);
        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_ProxyDoesNotAnswer_TimesOutAndCloses()
    {
        await using var proxy = new TinyProxy { Answer = null };
        var connect = Connector(proxy.Url()).ConnectAsync(Tls, Token).AsTask();
        await proxy.Asked;

        _clock.Advance(new UpstreamOptions().ConnectTimeout);

        Assert.Equal(
            new(
                RejectionReason.UpstreamConnectTimeout,
                "no connection to api.test:443 within 15 s; "
                + $"it was waiting for proxy 127.0.0.1:{proxy.Port} to answer CONNECT"),
            (await connect).Error);
        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_CallerCancelsWhileTheProxyIsSilent_ThrowsAndCloses()
    {
        await using var proxy = new TinyProxy { Answer = null };
        using var cancellation = new CancellationTokenSource();
        var connect = Connector(proxy.Url()).ConnectAsync(Tls, cancellation.Token).AsTask();
        await proxy.Asked;

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect);
        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_ProxyRefusesTheConnection_IsTheProxysFault()
    {
        using var deaf = new Socket(SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)deaf.LocalEndPoint!).Port;

        Assert.Equal(
            new(
                RejectionReason.UpstreamProxyFailed,
                $"proxy 127.0.0.1:{port}: connection refused by 127.0.0.1:{port}"),
            await FailedAsync(Tls, new($"http://127.0.0.1:{port}")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("http://u:p@proxy.test:3128", "proxy proxy.test:3128: the name proxy.test does not exist")]
    [InlineData(
        "socks5://u:p@proxy.test:1080",
        "proxy proxy.test:1080: socks5:// is not supported, use http:// or https://")]
    public async Task Connect_UselessProxy_IsTheProxysFault(string proxy, string detail) =>
        Assert.Equal(new(RejectionReason.UpstreamProxyFailed, detail), await FailedAsync(Tls, new(proxy)));

    [Fact(Timeout = 30_000)]
    public async Task Connect_ProxyByIPv6Address_IsConnectedTo()
    {
        var factory = new ScriptedConnectionFactory();
        var options = new UpstreamOptions { HttpProxy = new("http://[2001:db8::1]:3128") };
        var connect = new UpstreamConnector(options, factory, _clock).ConnectAsync(Plain, Token);

        factory.Fail("2001:db8::1", new SocketException((int)SocketError.ConnectionRefused));

        Assert.Equal(
            "proxy [2001:db8::1]:3128: connection refused by [2001:db8::1]:3128", (await connect).Error.Detail);
    }

    private UpstreamConnector Connector(Uri proxy) => new(
        new UpstreamOptions { HttpProxy = proxy, HttpsProxy = proxy, CaBundle = _bundle },
        _sockets,
        _clock,
        new ScriptedLookup().ThenFails(SocketError.HostNotFound).LookUpAsync);

    private async Task<ConnectionContext> ConnectedAsync(UpstreamAddress address, Uri proxy)
    {
        var result = await Connector(proxy).ConnectAsync(address, Token);
        Assert.Equal(UpstreamError.None, result.Error);
        return result.Connection!;
    }

    private async Task<UpstreamError> FailedAsync(UpstreamAddress address, Uri proxy)
    {
        var result = await Connector(proxy).ConnectAsync(address, Token);
        Assert.Null(result.Connection);
        return result.Error;
    }
}
