using System.Net;
using System.Net.Sockets;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class NameResolverTests
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock = new();
    private readonly ScriptedLookup _lookup = new();
    private readonly NameResolver _resolver;

    public NameResolverTests() => _resolver = new(Refresh, _clock, _lookup.LookUpAsync);

    [Theory(Timeout = 30_000)]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Resolve_IPLiteral_IsNotLookedUp(string literal)
    {
        Assert.Equal(literal, await ResolveAsync(literal));
        Assert.Equal(0, _lookup.Asked);
    }

    [Fact(Timeout = 30_000)]
    public async Task Resolve_WithinRefresh_IsAnsweredFromMemory()
    {
        _lookup.Then("192.0.2.1", "192.0.2.2");
        Assert.Equal("192.0.2.1 192.0.2.2", await ResolveAsync("api.test"));

        _clock.Advance(Refresh - TimeSpan.FromTicks(1));

        Assert.Equal("192.0.2.1 192.0.2.2", await ResolveAsync("api.test"));
        Assert.Equal(1, _lookup.Asked);
    }

    [Fact(Timeout = 30_000)]
    public async Task Resolve_AfterRefresh_IsLookedUpAgain()
    {
        _lookup.Then("192.0.2.1").Then("192.0.2.2");
        await ResolveAsync("api.test");

        _clock.Advance(Refresh);

        Assert.Equal("192.0.2.2", await ResolveAsync("api.test"));
        Assert.Equal(2, _lookup.Asked);
    }

    [Fact(Timeout = 30_000)]
    public async Task Resolve_SameNameAtOneTime_SharesOneLookup()
    {
        var answer = _lookup.Later();
        var first = ResolveAsync("api.test");
        var second = ResolveAsync("api.test");

        answer.SetResult([IPAddress.Parse("192.0.2.1")]);

        Assert.Equal(["192.0.2.1", "192.0.2.1"], await Task.WhenAll(first, second));
        Assert.Equal(1, _lookup.Asked);
    }

    [Fact(Timeout = 30_000)]
    public async Task Resolve_OneCallerGivesUp_OthersStillGetTheAnswer()
    {
        var answer = _lookup.Later();
        using var impatience = new CancellationTokenSource();
        var first = _resolver.ResolveAsync("api.test", impatience.Token).AsTask();
        var second = ResolveAsync("api.test");

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult([IPAddress.Parse("192.0.2.1")]);

        Assert.Equal("192.0.2.1", await second);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(SocketError.HostNotFound, "the name api.test does not exist")]
    [InlineData(SocketError.NoData, "api.test has no address")]
    [InlineData(SocketError.TryAgain, "the name server did not answer for api.test")]
    [InlineData(SocketError.NetworkDown, "the look-up of api.test failed: NetworkDown")]
    public async Task Resolve_Failed_SaysWhyAndIsNotRemembered(SocketError error, string problem)
    {
        _lookup.ThenFails(error).Then("192.0.2.1");

        Assert.Equal(problem, await ResolveAsync("api.test"));
        Assert.Equal("192.0.2.1", await ResolveAsync("api.test"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Resolve_EmptyAnswer_IsAProblem()
    {
        _lookup.Then();

        Assert.Equal("api.test has no address", await ResolveAsync("api.test"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Resolve_RefreshFails_OldAnswerIsUsedAndRetriedAfterADelay()
    {
        _lookup.Then("192.0.2.1").ThenFails(SocketError.TryAgain).Then("192.0.2.3");
        await ResolveAsync("api.test");
        _clock.Advance(Refresh);

        Assert.Equal("192.0.2.1", await ResolveAsync("api.test"));
        Assert.Equal("192.0.2.1", await ResolveAsync("api.test"));
        Assert.Equal(2, _lookup.Asked);

        _clock.Advance(NameResolver.RetryDelay);
        Assert.Equal("192.0.2.3", await ResolveAsync("api.test"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Resolve_RefreshHangs_OldAnswerIsUsedAfterAWhileAndThenAtOnce()
    {
        _lookup.Then("192.0.2.1");
        await ResolveAsync("api.test");
        await _lookup.Calls.ReadAsync(TestContext.Current.CancellationToken);
        _clock.Advance(Refresh);
        var hanging = _lookup.Later();

        var first = ResolveAsync("api.test");
        await _lookup.Calls.ReadAsync(TestContext.Current.CancellationToken);
        await _clock.TimerAsync(NameResolver.RefreshPatience);
        Assert.False(first.IsCompleted);
        _clock.Advance(NameResolver.RefreshPatience);

        Assert.Equal("192.0.2.1", await first);
        _clock.Advance(NameResolver.RefreshPatience);
        Assert.Equal("192.0.2.1", await ResolveAsync("api.test"));
        Assert.Equal(2, _lookup.Asked);
        hanging.SetResult([]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Resolve_MoreNamesThanAreRemembered_ForgetsTheOldest()
    {
        var asked = new List<string>();
        var resolver = new NameResolver(Refresh, _clock, host =>
        {
            asked.Add(host);
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        });
        for (var i = 0; i <= NameResolver.NamesMax; i++)
        {
            await resolver.ResolveAsync($"{i}.test", TestContext.Current.CancellationToken);
            _clock.Advance(TimeSpan.FromTicks(1));
        }

        asked.Clear();
        await resolver.ResolveAsync("1.test", TestContext.Current.CancellationToken);
        await resolver.ResolveAsync($"{NameResolver.NamesMax}.test", TestContext.Current.CancellationToken);
        await resolver.ResolveAsync("0.test", TestContext.Current.CancellationToken);

        Assert.Equal(["0.test"], asked);
    }

    private async Task<string> ResolveAsync(string host)
    {
        var name = await _resolver.ResolveAsync(host, TestContext.Current.CancellationToken);
        return name.Problem ?? string.Join(' ', name.Addresses);
    }
}
