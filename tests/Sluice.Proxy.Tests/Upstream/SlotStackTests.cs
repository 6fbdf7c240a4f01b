using FsCheck;
using FsCheck.Fluent;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class SlotStackTests
{
    [Fact]
    public void TryPop_AfterPushes_GivesTheLastOneFirst()
    {
        var stack = new SlotStack<string>(3);
        Assert.True(stack.TryPush("a") && stack.TryPush("b") && stack.TryPush("c"));

        Assert.Equal("c", stack.TryPop());
        Assert.Equal("b", stack.TryPop());
        Assert.Equal("a", stack.TryPop());
        Assert.Null(stack.TryPop());
    }

    [Fact]
    public void TryPush_OnAFullStack_TakesNothing()
    {
        var stack = new SlotStack<string>(2);
        Assert.True(stack.TryPush("a") && stack.TryPush("b"));

        Assert.False(stack.TryPush("c"));
        Assert.Equal(2, stack.Count);
    }

    [Fact]
    public void Stack_WithoutSlots_HoldsNothing()
    {
        var stack = new SlotStack<string>(0);

        Assert.False(stack.TryPush("a"));
        Assert.Null(stack.TryPop());
        stack.RemoveWhere(static _ => true, static _ => Assert.Fail("There is nothing to take."));
    }

    [Fact]
    public void RemoveWhere_OfSome_TakesThoseAndKeepsTheOthers()
    {
        var stack = new SlotStack<string>(4);
        Assert.All(["a", "b", "c", "d"], item => Assert.True(stack.TryPush(item)));
        var taken = new List<string>();

        stack.RemoveWhere(static item => item is "a" or "c", taken.Add);

        Assert.Equal(["a", "c"], taken);
        Assert.Equal(2, stack.Count);
        Assert.Equal(["b", "d"], new[] { stack.TryPop()!, stack.TryPop()! }.Order());
    }

    [Fact]
    public void RemoveWhere_WhoseSlotIsFilledMeanwhile_LosesNothing()
    {
        var stack = new SlotStack<string>(1);
        Assert.True(stack.TryPush("a"));
        var taken = new List<string>();

        stack.RemoveWhere(_ => !stack.TryPush("b"), taken.Add);

        Assert.Equal("b", stack.TryPop());
        Assert.Equal(["a"], taken);
        Assert.Equal(0, stack.Count);
    }

    // Positive numbers push, zero pops, negative ones remove all that are smaller.
    [Fact]
    public void Stack_AnySequenceOfCalls_HoldsWhatAListWouldHold() =>
        Prop.ForAll(
                Gen.Choose(-4, 9).ListOf().Zip(Gen.Choose(0, 5)).ToArbitrary(),
                (Func<(List<int> Calls, int Capacity), bool>)(c => BehavesAsAList(c.Calls, c.Capacity)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public async Task TryPop_ByTwoThreads_GivesTheOnlyThingToOne()
    {
        var stack = new SlotStack<string>(1);
        await RaceAsync(
            () => stack.TryPush("a"),
            stack.TryPop,
            (mine, other) => Assert.Single((string?[])[mine, other], "a"));
    }

    [Fact]
    public async Task TryPush_ByTwoThreads_FillsTheOnlySlotOnce()
    {
        var stack = new SlotStack<string>(1);
        await RaceAsync(
            () => stack.TryPop(),
            () => stack.TryPush("a"),
            (mine, other) => Assert.NotEqual(mine, other));
    }

    [Fact]
    public async Task Stack_UsedByManyThreads_LosesNothingAndHandsNothingOutTwice()
    {
        const int Threads = 8;
        const int Rounds = 20_000;
        var stack = new SlotStack<Item>(16);
        var refused = 0;
        using var sweeping = new CancellationTokenSource();
        var items = Enumerable.Range(0, Threads * 4).Select(_ => new Item()).ToArray();

        var sweeper = Task.Run(
            () =>
            {
                var odd = false;
                while (!sweeping.IsCancellationRequested)
                {
                    odd = !odd;
                    stack.RemoveWhere(item => (item.Uses & 1) == (odd ? 1 : 0), static item => item.Drop());
                }
            },
            TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            var own = items.AsSpan(thread * 4, 4).ToArray().ToList();
            for (var i = 0; i < Rounds; i++)
            {
                if (own.Count > 0 && (i & 1) == 0)
                {
                    var item = own[^1];
                    own.RemoveAt(own.Count - 1);
                    item.Release();
                    if (!stack.TryPush(item))
                    {
                        Interlocked.Increment(ref refused);
                        item.Take();
                        own.Add(item);
                    }
                }
                else if (stack.TryPop() is { } item)
                {
                    item.Take();
                    own.Add(item);
                }
            }

            foreach (var item in own)
            {
                item.Drop(taken: true);
            }
        })));
        await sweeping.CancelAsync();
        await sweeper;

        while (stack.TryPop() is { } item)
        {
            item.Drop();
        }

        Assert.All(items, static item => Assert.Equal((1, 0), (item.Drops, item.Faults)));
        Assert.Equal(0, stack.Count);
    }

    private static async Task RaceAsync<T>(Action prepare, Func<T> race, Action<T, T> check)
    {
        using var start = new Barrier(2);
        var token = TestContext.Current.CancellationToken;
        for (var i = 0; i < 10_000; i++)
        {
            prepare();
            var other = Task.Run(
                () =>
                {
                    start.SignalAndWait(token);
                    return race();
                },
                token);
            start.SignalAndWait(token);
            check(race(), await other);
        }
    }

    private static bool BehavesAsAList(List<int> calls, int capacity)
    {
        var stack = new SlotStack<string>(capacity);
        var list = new List<string>();
        foreach (var call in calls)
        {
            if (call > 0)
            {
                var text = call.ToString(System.Globalization.CultureInfo.InvariantCulture);
                if (stack.TryPush(text) != list.Count < capacity)
                {
                    return false;
                }

                if (list.Count < capacity)
                {
                    list.Add(text);
                }
            }
            else if (call == 0)
            {
                var popped = stack.TryPop();
                if (popped is null ? list.Count > 0 : !list.Remove(popped))
                {
                    return false;
                }
            }
            else
            {
                stack.RemoveWhere(item => item[0] - '0' < -call * 2, item => list.Remove(item));
                if (list.Exists(item => item[0] - '0' < -call * 2))
                {
                    return false;
                }
            }

            if (stack.Count != list.Count)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Knows whether it is in somebody's hands, and counts what must not happen.</summary>
    private sealed class Item
    {
        private int _isTaken = 1;
        private int _drops;
        private int _faults;

        public int Uses { get; private set; }

        public int Drops => _drops;

        public int Faults => _faults;

        public void Take()
        {
            Uses++;
            if (Interlocked.Exchange(ref _isTaken, 1) != 0)
            {
                Interlocked.Increment(ref _faults);
            }
        }

        public void Release() => Volatile.Write(ref _isTaken, 0);

        public void Drop(bool taken = false)
        {
            if (Interlocked.Exchange(ref _isTaken, 1) != (taken ? 1 : 0))
            {
                Interlocked.Increment(ref _faults);
            }

            Interlocked.Increment(ref _drops);
        }
    }
}
