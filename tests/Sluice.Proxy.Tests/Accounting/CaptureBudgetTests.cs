using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Tests.Accounting;

public sealed class CaptureBudgetTests
{
    [Fact]
    public void TryTake_UpToTheLimit_IsGranted()
    {
        var budget = new CaptureBudget(10);

        Assert.True(budget.TryTake(6));
        Assert.True(budget.TryTake(4));
        Assert.Equal(10, budget.Held);
    }

    [Fact]
    public void TryTake_BeyondTheLimit_IsRefusedAndTakesNothing()
    {
        var budget = new CaptureBudget(10);
        budget.TryTake(6);

        Assert.False(budget.TryTake(5));
        Assert.Equal(6, budget.Held);
        Assert.True(budget.TryTake(4));
    }

    [Fact]
    public void Return_MakesRoom()
    {
        var budget = new CaptureBudget(10);
        budget.TryTake(10);

        budget.Return(4);

        Assert.Equal(6, budget.Held);
        Assert.True(budget.TryTake(4));
    }

    [Fact]
    public async Task TryTake_ManyThreads_NeverGrantMoreThanTheLimit()
    {
        var budget = new CaptureBudget(100);
        var granted = 0;
        var token = TestContext.Current.CancellationToken;
        await Parallel.ForAsync(0, 8, token, (_, _) =>
        {
            for (var count = 0; count < 10_000; count++)
            {
                if (budget.TryTake(30))
                {
                    Assert.InRange(Interlocked.Add(ref granted, 30), 30, 100);
                    Interlocked.Add(ref granted, -30);
                    budget.Return(30);
                }
            }

            return ValueTask.CompletedTask;
        });

        Assert.Equal(0, budget.Held);
    }
}
