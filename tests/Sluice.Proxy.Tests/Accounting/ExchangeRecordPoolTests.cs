using Sluice.Proxy.Accounting;
using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Tests.Accounting;

public sealed class ExchangeRecordPoolTests
{
    [Fact]
    public void Rent_AfterReturn_GivesTheSameRecordEmptied()
    {
        var pool = new ExchangeRecordPool();
        var budget = new CaptureBudget(long.MaxValue);
        var record = pool.Rent();
        record.Status = 200;
        record.SetPath("/a"u8);
        record.Response.Start(budget);
        record.Response.OnBody("a"u8);
        record.Response.Mark(1);

        pool.Return(record);

        Assert.Equal(0, budget.Held);
        var rented = pool.Rent();
        Assert.Same(record, rented);
        Assert.Equal(0, rented.Status);
        Assert.Equal("", rented.Path);
        Assert.False(rented.Response.IsActive);
        Assert.NotSame(rented, pool.Rent());
    }

    [Fact]
    public void Return_MoreThanTheBound_KeepsTheBound()
    {
        var pool = new ExchangeRecordPool();
        var returned = new HashSet<ExchangeRecord>(ReferenceEqualityComparer.Instance);
        for (var count = 0; count < ExchangeRecordPool.RecordsMax + 10; count++)
        {
            returned.Add(new ExchangeRecord());
        }

        foreach (var record in returned)
        {
            pool.Return(record);
        }

        // Twice: what was refused must not have used up room for good.
        for (var round = 0; round < 2; round++)
        {
            ExchangeRecord[] rented =
                [.. Enumerable.Range(0, ExchangeRecordPool.RecordsMax + 10).Select(_ => pool.Rent())];
            Assert.Equal(ExchangeRecordPool.RecordsMax, rented.Count(returned.Contains));
            foreach (var record in rented)
            {
                returned.Add(record);
                pool.Return(record);
            }
        }
    }

    [Fact]
    public void Return_RecordWithManyMarks_IsEmptiedAndNotKept()
    {
        var pool = new ExchangeRecordPool();
        var budget = new CaptureBudget(long.MaxValue);
        var record = pool.Rent();
        record.Response.Start(budget);
        for (var mark = 0; mark <= 1024; mark++)
        {
            record.Response.OnBody("a"u8);
            record.Response.Mark(mark);
        }

        pool.Return(record);

        Assert.Equal(0, budget.Held);
        Assert.NotSame(record, pool.Rent());
    }

    [Fact]
    public async Task RentAndReturn_ManyThreads_NeverLendOneRecordTwice()
    {
        var pool = new ExchangeRecordPool();
        var token = TestContext.Current.CancellationToken;
        await Parallel.ForAsync(0, 8, token, (worker, _) =>
        {
            for (var count = 0; count < 20_000; count++)
            {
                var record = pool.Rent();
                Assert.Equal(0, record.Status);
                record.Status = worker + 1;
                Assert.Equal(worker + 1, record.Status);
                pool.Return(record);
            }

            return ValueTask.CompletedTask;
        });
    }
}
