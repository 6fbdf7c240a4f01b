using System.Diagnostics;

namespace Sluice.Perf.Load;

/// <summary>Runs a plan on its threads and merges what they counted.</summary>
internal sealed class LoadRunner : IAsyncDisposable
{
    private readonly LoadClock _clock;
    private readonly List<LoadWorker> _workers;
    private readonly Task _done;

    /// <summary>Begins the run.</summary>
    public LoadRunner(LoadPlan plan)
    {
        _clock = LoadClock.For(plan);
        _workers = [.. Enumerable.Range(0, plan.Threads).Select(i => new LoadWorker(plan, _clock, i))];
        _done = Task.WhenAll(_workers.Select(w => w.RunAsync()));
    }

    /// <summary>Exchanges whose first content event has arrived.</summary>
    public int Streams => _workers.Sum(w => w.Streams);

    /// <summary>Runs a plan from beginning to end.</summary>
    public static async Task<LoadReport> RunAsync(LoadPlan plan, CancellationToken cancellation)
    {
        await using var runner = new LoadRunner(plan);
        await runner.WindowStartAsync(cancellation);
        await runner.WindowEndAsync(cancellation);
        return await runner.ReportAsync(cancellation);
    }

    /// <summary>Completes when the measured window begins.</summary>
    public Task WindowStartAsync(CancellationToken cancellation) => UntilAsync(_clock.WindowStartNs, cancellation);

    /// <summary>
    /// Completes when the measured window ends, or the last request that the plan allows is answered.
    /// </summary>
    public Task WindowEndAsync(CancellationToken cancellation) => UntilAsync(_clock.WindowEndNs, cancellation);

    /// <summary>Waits for the last answers and gives the result.</summary>
    public async Task<LoadReport> ReportAsync(CancellationToken cancellation)
    {
        var windowEndNs = Math.Min(_clock.WindowEndNs, Stopwatch.GetTimestamp());
        await _done.WaitAsync(cancellation);
        var total = new LoadTally();
        _workers.ForEach(w => total.Add(w.Tally));
        return new LoadReport(total, (windowEndNs - _clock.WindowStartNs) / 1e9);
    }

    /// <summary>Ends the run, wherever it stands, and breaks all connections off.</summary>
    public async ValueTask DisposeAsync()
    {
        _workers.ForEach(w => w.Stop());
        try
        {
            await _done;
        }
        finally
        {
            _workers.ForEach(w => w.Dispose());
        }
    }

    private async Task UntilAsync(long momentNs, CancellationToken cancellation)
    {
        await Task.WhenAny(_done, Task.Delay(LoadClock.Until(momentNs), cancellation));
        cancellation.ThrowIfCancellationRequested();
        if (_done.IsFaulted)
        {
            await _done;
        }
    }
}
