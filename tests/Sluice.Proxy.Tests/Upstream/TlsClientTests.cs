using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class TlsClientTests : IDisposable
{
    private readonly TrackingConnectionFactory _sockets = new();
    private readonly List<string> _files = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _files.ForEach(File.Delete);

    [Fact(Timeout = 30_000)]
    public async Task Handshake_CAInBundle_CarriesBytesAsHttp11()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);
        await using var connection = await ConnectedAsync(server, TestCertificates.OtherRoot, TestCertificates.Root);

        Assert.Equal("hello", await connection.EchoAsync("hello", Token));

        Assert.True(server.Handshakes.TryDequeue(out var handshake));
        Assert.Equal("api.test", handshake.ServerName);
        Assert.Equal(SslApplicationProtocol.Http11, handshake.Protocol);
    }

    [Fact(Timeout = 30_000)]
    public async Task Handshake_IPAddress_IsCheckedAgainstTheAddressesOfTheCertificate()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);
        var result = await HandshakeAsync(server.EndPoint, "127.0.0.1", Bundle(TestCertificates.Root));
        await using var connection = result.Connection;
        var other = await HandshakeAsync(server.EndPoint, "127.0.0.2", Bundle(TestCertificates.Root));

        Assert.NotNull(connection);
        Assert.Contains("is for api.test, localhost, 127.0.0.1, not for 127.0.0.2", other.Error.Detail);
    }

    [Fact(Timeout = 30_000)]
    public async Task Handshake_IntermediateFromServer_LeadsToTheRootInTheBundle()
    {
        await using var server = new TlsEchoServer(TestCertificates.BelowIntermediate, TestCertificates.Intermediate);
        await using var connection = await ConnectedAsync(server, TestCertificates.Root);

        Assert.Equal("hello", await connection.EchoAsync("hello", Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Handshake_IntermediateInBundle_IsTrustedWithoutItsRoot()
    {
        await using var server = new TlsEchoServer(TestCertificates.BelowIntermediate);
        await using var connection = await ConnectedAsync(server, TestCertificates.Intermediate);

        Assert.Equal("hello", await connection.EchoAsync("hello", Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Handshake_UnknownCA_NamesTheCertificateAndTheRemedy()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);

        await AssertRefusedAsync(
            server,
            CertificateBundle.Load(null),
            "the certificate of api.test is not trusted: [CN=valid] issued by [CN=Sluice Test Root]: "
            + "PartialChain, its issuer is not known; add the CA to upstream.ca_bundle");
    }

    [Fact(Timeout = 30_000)]
    public async Task Handshake_RootSentByServer_IsNotTrustedForThat()
    {
        await using var server = new TlsEchoServer(TestCertificates.Root);

        var result = await HandshakeAsync(server.EndPoint, "api.test", Bundle(TestCertificates.OtherRoot));

        Assert.Contains("[CN=Sluice Test Root] is for no host name at all, not for api.test; ", result.Error.Detail);
        Assert.Contains("UntrustedRoot, this root is not trusted; add the CA", result.Error.Detail);
    }

    [Fact(Timeout = 30_000)]
    public async Task Handshake_WrongHostName_SaysWhichNamesItIsFor()
    {
        await using var server = new TlsEchoServer(TestCertificates.WrongName);

        await AssertRefusedAsync(
            server,
            Bundle(TestCertificates.Root),
            "the certificate of api.test is not valid: [CN=wrong name] issued by [CN=Sluice Test Root] "
            + "is for other.test, 127.0.0.1, not for api.test");
    }

    [Fact(Timeout = 30_000)]
    public async Task Handshake_Expired_SaysWhenItWasValid()
    {
        await using var server = new TlsEchoServer(TestCertificates.Expired);
        var certificate = TestCertificates.Expired;

        await AssertRefusedAsync(
            server,
            Bundle(TestCertificates.Root),
            "the certificate of api.test is not valid: [CN=expired] issued by [CN=Sluice Test Root]: "
            + $"NotTimeValid, it is valid from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z "
            + $"to {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z");
    }

    [Fact(Timeout = 30_000)]
    public async Task Handshake_BundleIsMissing_SaysSoBesidesTheFault()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);

        var result = await HandshakeAsync(server.EndPoint, "api.test", CertificateBundle.Load("/nowhere/ca.pem"));

        Assert.EndsWith(
            "add the CA to upstream.ca_bundle; upstream.ca_bundle cannot be read: no such file", result.Error.Detail);
    }

    [Fact(Timeout = 30_000)]
    public async Task Handshake_SecondConnection_ResumesTheSession()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);
        var client = new TlsClient(Bundle(TestCertificates.Root));

        // No other test asks for this name, so there is no session of it yet. The server's tickets come with the echo.
        for (var i = 0; i < 2; i++)
        {
            var socket = await _sockets.ConnectAsync(server.EndPoint, Token);
            await using var connection = (await client.HandshakeAsync(socket, "localhost", Token)).Connection!;
            Assert.Equal("hello", await connection.EchoAsync("hello", Token));
        }

        // A resumed handshake does without the certificate (RFC 8446, 2.2).
        var sent = server.Handshakes.Select(h => h.BytesSent).ToArray();
        Assert.InRange(sent[1], 1, sent[0] - TestCertificates.Valid.RawData.Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task Handshake_PeerSpeaksNoTls_Fails()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var handshake = HandshakeAsync((IPEndPoint)server.LocalEndpoint, "api.test", Bundle(TestCertificates.Root));
        using var peer = await server.AcceptTcpClientAsync(Token);
        await peer.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Token);

        var error = (await handshake).Error;

        Assert.Equal(RejectionReason.UpstreamTlsFailed, error.Reason);
        Assert.StartsWith($"no TLS with api.test at {server.LocalEndpoint}: ", error.Detail);
        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Handshake_PeerCloses_Fails()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var handshake = HandshakeAsync((IPEndPoint)server.LocalEndpoint, "api.test", Bundle(TestCertificates.Root));
        (await server.AcceptTcpClientAsync(Token)).Dispose();

        Assert.Equal(
            new(
                RejectionReason.UpstreamTlsFailed,
                $"api.test at {server.LocalEndpoint} closed the connection during the TLS handshake"),
            (await handshake).Error);
        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connection_PassesOnWhatBelongsToTheSocket()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);
        var client = new TlsClient(Bundle(TestCertificates.Root));
        var socket = await _sockets.ConnectAsync(server.EndPoint, Token);
        await using var connection = (await client.HandshakeAsync(socket, "api.test", Token)).Connection!;

        Assert.Equal(server.EndPoint, connection.RemoteEndPoint);
        Assert.Equal(socket.LocalEndPoint, connection.LocalEndPoint);
        Assert.Same(socket.Features, connection.Features);
        Assert.Same(socket.Items, connection.Items);
        Assert.Equal(socket.ConnectionId, connection.ConnectionId);
        Assert.Equal(socket.ConnectionClosed, connection.ConnectionClosed);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connection_Aborted_EndsAPendingReadAndTheSocket()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);
        await using var connection = await ConnectedAsync(server, TestCertificates.Root);
        var read = connection.Transport.Input.ReadAsync(Token).AsTask();

        connection.Abort(new ConnectionAbortedException());

        await Assert.ThrowsAnyAsync<Exception>(() => read);
        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connection_DisposedWithAPendingRead_EndsBoth()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);
        var connection = await ConnectedAsync(server, TestCertificates.Root);
        var read = connection.Transport.Input.ReadAsync(Token).AsTask();

        await connection.DisposeAsync();

        // Whether it sees the end or an error is up to the socket.
        await read.ContinueWith(_ => { }, Token, TaskContinuationOptions.None, TaskScheduler.Default);
        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connection_ManyRecords_ComeBackWhole()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);
        await using var connection = await ConnectedAsync(server, TestCertificates.Root);
        var sent = new byte[1_000_003];
        new Random(1).NextBytes(sent);

        var received = new byte[sent.Length];
        var reading = connection.Transport.Input.AsStream().ReadExactlyAsync(received, Token);
        await connection.Transport.Output.WriteAsync(sent, Token);
        await reading;

        Assert.Equal(sent, received);
    }

    private CertificateBundle Bundle(params X509Certificate2[] certificates)
    {
        var path = TestCertificates.WriteBundle(certificates);
        _files.Add(path);
        return CertificateBundle.Load(path);
    }

    private async Task<ConnectionContext> ConnectedAsync(TlsEchoServer server, params X509Certificate2[] trusted)
    {
        var result = await HandshakeAsync(server.EndPoint, "api.test", Bundle(trusted));
        Assert.Equal(UpstreamError.None, result.Error);
        return result.Connection!;
    }

    private async Task AssertRefusedAsync(TlsEchoServer server, CertificateBundle bundle, string detail)
    {
        var result = await HandshakeAsync(server.EndPoint, "api.test", bundle);

        Assert.Null(result.Connection);
        Assert.Equal(new(RejectionReason.UpstreamTlsFailed, detail), result.Error);
        _sockets.AssertAllClosed(1);
    }

    private async Task<ConnectResult> HandshakeAsync(IPEndPoint endPoint, string host, CertificateBundle bundle)
    {
        var socket = await _sockets.ConnectAsync(endPoint, Token);
        return await new TlsClient(bundle).HandshakeAsync(socket, host, Token);
    }
}
