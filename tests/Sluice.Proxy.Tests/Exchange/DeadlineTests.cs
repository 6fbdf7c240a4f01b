using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Tests.Exchange;

public sealed class DeadlineTests
{
    private readonly SettableClock _clock = new();
    private readonly Deadline _deadline;

    public DeadlineTests() => _deadline = new Deadline(_clock);

    [Fact]
    public void TakeExpired_WithNothingSet_IsNone() =>
        Assert.Equal(DeadlineKind.None, _deadline.TakeExpired(long.MaxValue));

    [Theory]
    [InlineData(DeadlineKind.KeepAlive)]
    [InlineData(DeadlineKind.RequestHead)]
    [InlineData(DeadlineKind.RequestBody)]
    [InlineData(DeadlineKind.ResponseHead)]
    [InlineData(DeadlineKind.ResponseIdle)]
    [InlineData(DeadlineKind.ClientWrite)]
    [InlineData(DeadlineKind.Linger)]
    internal void TakeExpired_AfterTheLimit_IsTheKindOnce(DeadlineKind kind)
    {
        _deadline.Set(kind, TimeSpan.FromSeconds(2));

        Assert.Equal(DeadlineKind.None, _deadline.TakeExpired(_clock.Ms + 2000));
        Assert.Equal(kind, _deadline.TakeExpired(_clock.Ms + 2001));
        Assert.Equal(DeadlineKind.None, _deadline.TakeExpired(_clock.Ms + 2001));
    }

    [Fact]
    public void Set_Again_ReplacesKindAndTime()
    {
        _deadline.Set(DeadlineKind.ResponseHead, TimeSpan.FromSeconds(1));
        _deadline.Set(DeadlineKind.ResponseIdle, TimeSpan.FromSeconds(5));

        Assert.Equal(DeadlineKind.None, _deadline.TakeExpired(_clock.Ms + 1001));
        Assert.Equal(DeadlineKind.ResponseIdle, _deadline.TakeExpired(_clock.Ms + 5001));
    }

    [Fact]
    public void Clear_AfterSet_ExpiresNever()
    {
        _deadline.Set(DeadlineKind.ResponseHead, TimeSpan.FromSeconds(1));
        _deadline.Clear();

        Assert.Equal(DeadlineKind.None, _deadline.TakeExpired(long.MaxValue));
    }

    [Fact]
    public void Set_WithALongLimit_DoesNotOverflow()
    {
        _clock.Ms = (long)TimeSpan.FromDays(10 * 365).TotalMilliseconds;
        _deadline.Set(DeadlineKind.ResponseHead, TimeSpan.FromMilliseconds(int.MaxValue));

        Assert.Equal(DeadlineKind.None, _deadline.TakeExpired(_clock.Ms + int.MaxValue));
        Assert.Equal(DeadlineKind.ResponseHead, _deadline.TakeExpired(_clock.Ms + int.MaxValue + 1L));
    }

    [Fact]
    public async Task TakeExpired_ByTwoThreads_GivesItToOne()
    {
        using var start = new Barrier(2);
        for (var i = 0; i < 5000; i++)
        {
            _deadline.Set(DeadlineKind.ResponseIdle, TimeSpan.Zero);
            var other = Task.Run(
                () =>
                {
                    start.SignalAndWait(TestContext.Current.CancellationToken);
                    return _deadline.TakeExpired(_clock.Ms + 1);
                },
                TestContext.Current.CancellationToken);
            start.SignalAndWait(TestContext.Current.CancellationToken);
            var mine = _deadline.TakeExpired(_clock.Ms + 1);

            DeadlineKind[] taken = [mine, await other];
            Assert.Single(taken, kind => kind == DeadlineKind.ResponseIdle);
        }
    }
}
