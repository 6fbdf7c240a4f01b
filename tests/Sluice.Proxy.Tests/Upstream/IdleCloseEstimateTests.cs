using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class IdleCloseEstimateTests
{
    private const long Configured = 60_000;

    private readonly IdleCloseEstimate _estimate = new();

    [Fact]
    public void Limit_BeforeAnyClose_IsTheConfiguredOne() => Assert.Equal(Configured, _estimate.Limit(Configured, 0));

    [Fact]
    public void Limit_AfterOneClose_IsTheConfiguredOne()
    {
        _estimate.Observe(15_000, 100_000);

        Assert.Equal(Configured, _estimate.Limit(Configured, 100_000));
    }

    [Theory]
    [InlineData(15_000, 15_000, 13_500)]
    [InlineData(15_000, 15_900, 13_500)]
    [InlineData(15_900, 15_000, 13_500)]
    [InlineData(16_000, 20_000, 14_400)]
    [InlineData(120_000, 120_000, Configured)]
    [InlineData(15_000, 30_000, Configured)]
    [InlineData(30_000, 15_000, Configured)]
    [InlineData(999, 999, Configured)]
    [InlineData(1000, 1000, 900)]
    public void Limit_AfterTwoCloses_IsALittleLessThanWhatTheyAgreeOn(long first, long second, long expected)
    {
        _estimate.Observe(first, 100_000);
        _estimate.Observe(second, 200_000);

        Assert.Equal(expected, _estimate.Limit(Configured, 200_000));
    }

    [Fact]
    public void Limit_AfterARestartBetweenTwoCloses_IsNotWhatTheRestartWas()
    {
        _estimate.Observe(15_000, 100_000);
        _estimate.Observe(4000, 200_000);
        _estimate.Observe(15_000, 300_000);
        Assert.Equal(Configured, _estimate.Limit(Configured, 300_000));

        _estimate.Observe(15_000, 400_000);
        Assert.Equal(13_500, _estimate.Limit(Configured, 400_000));
    }

    [Fact]
    public void Limit_ThatNothingConfirmsForTenMinutes_IsForgotten()
    {
        _estimate.Observe(15_000, 100_000);
        _estimate.Observe(15_000, 200_000);

        Assert.Equal(13_500, _estimate.Limit(Configured, 200_000 + 599_999));
        Assert.Equal(Configured, _estimate.Limit(Configured, 200_000 + 600_000));
    }
}
