using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class AddressRaceTests
{
    private const string V6 = "2001:db8::1";
    private const string V4 = "192.0.2.1";

    private static readonly SocketException Refused = new((int)SocketError.ConnectionRefused);

    private readonly ManualClock _clock = new();
    private readonly ScriptedConnectionFactory _factory = new();
    private readonly AddressRace _race;

    public AddressRaceTests() => _race = new(_factory, _clock);

    [Theory]
    [InlineData("::1 ::2 ::3 1.1.1.1 2.2.2.2", "::1 1.1.1.1 ::2 2.2.2.2 ::3")]
    [InlineData("1.1.1.1 2.2.2.2 3.3.3.3 ::1", "1.1.1.1 ::1 2.2.2.2 3.3.3.3")]
    [InlineData("1.1.1.1 2.2.2.2", "1.1.1.1 2.2.2.2")]
    [InlineData("::1", "::1")]
    public void Interleave_FamiliesTakeTurns(string addresses, string expected) =>
        Assert.Equal(expected, string.Join(' ', AddressRace.Interleave(Parse(addresses))));

    [Fact(Timeout = 30_000)]
    public async Task Connect_FirstIsSlow_SecondStartsAfterTheDelayAndWins()
    {
        var race = ConnectAsync($"{V6} {V4}");
        await _factory.TriedAsync(V6);
        await _clock.TimerAsync(AddressRace.AttemptDelay);
        Assert.Equal([V6], _factory.Tried);

        _clock.Advance(AddressRace.AttemptDelay);
        await _factory.TriedAsync(V4);
        var (winner, loser) = (new ScriptedConnection(), new ScriptedConnection());
        _factory.Succeed(V4, winner);

        Assert.Same(winner, (await race).Connection);
        _factory.Succeed(V6, loser);
        await loser.Disposed;
        Assert.False(winner.Disposed.IsCompleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_FirstWinsAfterTheSecondStarted_SecondIsDisposed()
    {
        var race = ConnectAsync($"{V6} {V4}");
        await _clock.TimerAsync(AddressRace.AttemptDelay);
        _clock.Advance(AddressRace.AttemptDelay);
        await _factory.TriedAsync(V4);

        var (winner, loser) = (new ScriptedConnection(), new ScriptedConnection());
        _factory.Succeed(V6, winner);
        Assert.Same(winner, (await race).Connection);
        _factory.Succeed(V4, loser);

        await loser.Disposed;
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_FirstFails_SecondStartsAtOnce()
    {
        var race = ConnectAsync($"{V6} {V4}");
        _factory.Fail(V6, Refused);

        await _factory.TriedAsync(V4);
        var winner = new ScriptedConnection();
        _factory.Succeed(V4, winner);

        Assert.Same(winner, (await race).Connection);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_AllFail_NamesEachFault()
    {
        var race = ConnectAsync($"{V6} 2001:db8::2 {V4}");
        _factory.Fail(V6, new SocketException((int)SocketError.NetworkUnreachable));
        _factory.Fail("2001:db8::2", new SocketException((int)SocketError.HostUnreachable));
        _factory.Fail(V4, Refused);

        var error = (await race).Error;

        Assert.Equal(RejectionReason.UpstreamConnectFailed, error.Reason);
        Assert.Equal(
            "the network of [2001:db8::1]:443 is unreachable; connection refused by 192.0.2.1:443; "
            + "no route to [2001:db8::2]:443",
            error.Detail);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_ManyFail_NamesTheFirstOnes()
    {
        var addresses = string.Join(' ', Enumerable.Range(1, 6).Select(i => $"192.0.2.{i}"));
        var race = ConnectAsync(addresses);
        foreach (var address in addresses.Split(' '))
        {
            _factory.Fail(address, Refused);
        }

        Assert.EndsWith("refused by 192.0.2.4:443; and 2 more", (await race).Error.Detail);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_LastAttemptIsSlow_IsWaitedFor()
    {
        var race = ConnectAsync("192.0.2.1 192.0.2.2 192.0.2.3");
        await _clock.TimerAsync(AddressRace.AttemptDelay);
        _factory.Fail("192.0.2.1", Refused);
        await _factory.TriedAsync("192.0.2.2");
        _factory.Fail("192.0.2.2", Refused);
        await _factory.TriedAsync("192.0.2.3");
        _clock.Advance(AddressRace.AttemptDelay * 10);
        Assert.False(race.IsCompleted);

        var winner = new ScriptedConnection();
        _factory.Succeed("192.0.2.3", winner);

        Assert.Same(winner, (await race).Connection);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_Cancelled_ThrowsAtOnceAndDisposesWhatArrivesLater()
    {
        using var cancellation = new CancellationTokenSource();
        var race = _race.ConnectAsync(Parse(V4), 443, cancellation.Token).AsTask();
        await _factory.TriedAsync(V4);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => race);
        var late = new ScriptedConnection();
        _factory.Succeed(V4, late);
        await late.Disposed;
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_AttemptAbortedByTheTransport_IsAFaultAndNoCancellation()
    {
        var race = ConnectAsync(V4);
        _factory.Fail(V4, new ConnectionAbortedException());

        Assert.Equal("the connection to 192.0.2.1:443 broke", (await race).Error.Detail);
    }

    private static IPAddress[] Parse(string addresses) => [.. addresses.Split(' ').Select(IPAddress.Parse)];

    private Task<ConnectResult> ConnectAsync(string addresses) =>
        _race.ConnectAsync(Parse(addresses), 443, TestContext.Current.CancellationToken).AsTask();
}
