using System.Net;
using System.Net.Sockets;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class UpstreamConnectorTests
{
    private readonly ManualClock _clock = new();
    private readonly ScriptedLookup _lookup = new();
    private readonly TrackingConnectionFactory _sockets = new();
    private readonly UpstreamOptions _options = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Connect_Plaintext_CarriesBytes()
    {
        using var server = Listening(IPAddress.Loopback);
        var connect = ConnectAsync(new("api.test", PortOf(server), isTls: false), _lookup.Then("127.0.0.1"));
        using var peer = await server.AcceptSocketAsync(Token);
        await using var connection = (await connect).Connection!;

        await peer.SendAsync("hello"u8.ToArray(), Token);

        Assert.Equal("hello", await connection.ReadTextAsync(5, Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_Refused_NamesTheAddress()
    {
        using var deaf = Bound(IPAddress.Loopback);
        var address = new UpstreamAddress("127.0.0.1", ((IPEndPoint)deaf.LocalEndPoint!).Port, isTls: true);

        var result = await ConnectAsync(address);

        Assert.Null(result.Connection);
        Assert.Equal(
            new(RejectionReason.UpstreamConnectFailed, $"connection refused by 127.0.0.1:{address.Port}"),
            result.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_FirstAddressRefuses_TakesTheSecond()
    {
        using var server = Listening(IPAddress.Loopback);
        var connect = ConnectAsync(
            new("api.test", PortOf(server), isTls: false), _lookup.Then("127.0.0.2", "127.0.0.1"));
        using var peer = await server.AcceptSocketAsync(Token);

        await using var connection = (await connect).Connection;

        Assert.Equal(server.LocalEndpoint, connection!.RemoteEndPoint);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_NameDoesNotExist_IsNamed()
    {
        var result = await ConnectAsync(
            new("api.test", 443, isTls: true), _lookup.ThenFails(SocketError.HostNotFound));

        Assert.Equal(
            new(RejectionReason.UpstreamNameNotResolved, "the name api.test does not exist"), result.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_LocalhostWithoutSeam_IsResolvedByTheSystem()
    {
        using var server = Listening(IPAddress.Loopback);
        var connector = new UpstreamConnector(_options, _sockets, TimeProvider.System);

        var result = await connector.ConnectAsync(new("localhost", PortOf(server), isTls: false), Token);

        Assert.NotNull(result.Connection);
        await result.Connection.DisposeAsync();
        _sockets.AssertAllClosed(_sockets.OpenedCount);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_LookupHangs_TimesOut()
    {
        var hanging = _lookup.Later();
        var connect = ConnectAsync(new("api.test", 443, isTls: true), _lookup);

        _clock.Advance(_options.ConnectTimeout);

        Assert.Equal(
            new(
                RejectionReason.UpstreamConnectTimeout,
                "no connection to api.test:443 within 15 s; it was looking up api.test"),
            (await connect).Error);
        hanging.SetResult([]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_AddressDoesNotAnswer_TimesOutAndClosesWhatComesLater()
    {
        var factory = new ScriptedConnectionFactory();
        var connector = new UpstreamConnector(_options, factory, _clock);
        var connect = connector.ConnectAsync(new("192.0.2.1", 443, isTls: true), Token).AsTask();
        await factory.TriedAsync("192.0.2.1");

        _clock.Advance(_options.ConnectTimeout);

        Assert.Equal(
            new(
                RejectionReason.UpstreamConnectTimeout,
                "no connection to 192.0.2.1:443 within 15 s; it was connecting to 192.0.2.1"),
            (await connect).Error);
        var late = new ScriptedConnection();
        factory.Succeed("192.0.2.1", late);
        await late.Disposed;
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_TlsHandshakeHangs_TimesOutAndCloses()
    {
        using var server = Listening(IPAddress.Loopback);
        var connect = ConnectAsync(new("api.test", PortOf(server), isTls: true), _lookup.Then("127.0.0.1"));
        using var peer = await server.AcceptSocketAsync(Token);
        Assert.NotEqual(0, await peer.ReceiveAsync(new byte[4096], Token));

        _clock.Advance(_options.ConnectTimeout);

        Assert.Equal(
            new(
                RejectionReason.UpstreamConnectTimeout,
                $"no connection to api.test:{PortOf(server)} within 15 s; "
                + $"it was in the TLS handshake with api.test at {server.LocalEndpoint}"),
            (await connect).Error);
        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_TlsHandshakeFails_ClosesTheSocket()
    {
        await using var server = new TlsEchoServer(TestCertificates.Valid);

        var result = await ConnectAsync(new("api.test", server.Port, isTls: true), _lookup.Then("127.0.0.1"));

        Assert.Equal(RejectionReason.UpstreamTlsFailed, result.Error.Reason);
        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_CallerCancelsDuringLookup_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var hanging = _lookup.Later();
        var connector = new UpstreamConnector(_options, _sockets, _clock, _lookup.LookUpAsync);
        var connect = connector.ConnectAsync(new("api.test", 443, isTls: true), cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await AssertCancelledAsync(connect, cancellation.Token);
        hanging.SetResult([]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_CallerCancelsDuringHandshake_ThrowsAndCloses()
    {
        using var cancellation = new CancellationTokenSource();
        using var server = Listening(IPAddress.Loopback);
        var connector = new UpstreamConnector(_options, _sockets, _clock);
        var address = new UpstreamAddress("127.0.0.1", PortOf(server), isTls: true);
        var connect = connector.ConnectAsync(address, cancellation.Token).AsTask();
        using var peer = await server.AcceptSocketAsync(Token);
        Assert.NotEqual(0, await peer.ReceiveAsync(new byte[4096], Token));

        await cancellation.CancelAsync();

        await AssertCancelledAsync(connect, cancellation.Token);
        _sockets.AssertAllClosed(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_AlreadyCancelled_ThrowsWithoutTrying()
    {
        var factory = new ScriptedConnectionFactory();
        var connector = new UpstreamConnector(_options, factory, _clock);
        var cancelled = new CancellationToken(canceled: true);

        await AssertCancelledAsync(
            connector.ConnectAsync(new("192.0.2.1", 443, isTls: false), cancelled).AsTask(), cancelled);
        Assert.Empty(factory.Tried);
    }

    private static async Task AssertCancelledAsync(Task connect, CancellationToken cancellationToken)
    {
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect);
        Assert.Equal(cancellationToken, exception.CancellationToken);
    }

    private static TcpListener Listening(IPAddress address)
    {
        var listener = new TcpListener(address, 0);
        listener.Start();
        return listener;
    }

    // A port that nobody listens on and nobody else can get.
    private static Socket Bound(IPAddress address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private Task<ConnectResult> ConnectAsync(UpstreamAddress address, ScriptedLookup? lookup = null) =>
        new UpstreamConnector(_options, _sockets, _clock, (lookup ?? _lookup).LookUpAsync)
            .ConnectAsync(address, Token).AsTask();
}
