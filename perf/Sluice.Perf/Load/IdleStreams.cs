using Sluice.Perf.CommandLine;
using Sluice.Perf.Measuring;

namespace Sluice.Perf.Load;

/// <summary>Holds streams open through a server and reads its memory.</summary>
internal static class IdleStreams
{
    private const double OpenedPerSecond = 2000;

    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Opens streams up to each of the given numbers, rising, lets the server settle, and reads its memory; the first
    /// reading is that without streams.
    /// </summary>
    /// <param name="template">Where and what to ask; the answer is a stream that outlasts the measurement.</param>
    /// <param name="counts">Numbers of streams, rising.</param>
    /// <param name="server">The server's processes.</param>
    /// <param name="settle">Rest before each reading.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static async Task<IReadOnlyList<StreamMemory>> MeasureAsync(
        LoadPlan template,
        IReadOnlyList<int> counts,
        ProcessTree server,
        TimeSpan settle,
        CancellationToken cancellation)
    {
        await Task.Delay(settle, cancellation);
        var readings = new List<StreamMemory> { new(0, server.Memory()) };
        await using var runners = new RunnerStack();
        foreach (var count in counts)
        {
            var more = count - readings[^1].Streams;
            if (more <= 0)
            {
                throw new UsageException("The numbers of streams must rise.");
            }

            await runners.OpenAsync(template, more, cancellation);
            await Task.Delay(settle, cancellation);
            readings.Add(new StreamMemory(count, server.Memory()));
        }

        return readings;
    }

    /// <summary>
    /// Resident bytes that one more stream costs, from the first to the last reading that has streams; from rest when
    /// there is but one.
    /// </summary>
    public static double BytesPerStream(IReadOnlyList<StreamMemory> readings)
    {
        var first = readings[readings.Count > 2 ? 1 : 0];
        var last = readings[^1];
        return (double)(last.Memory.ResidentBytes - first.Memory.ResidentBytes) / (last.Streams - first.Streams);
    }

    /// <summary>Runs that were begun one after the other and end together.</summary>
    private sealed class RunnerStack : IAsyncDisposable
    {
        private readonly Stack<LoadRunner> _runners = new();

        public async Task OpenAsync(LoadPlan template, int count, CancellationToken cancellation)
        {
            var ramp = TimeSpan.FromSeconds(count / OpenedPerSecond);
            var runner = new LoadRunner(template with
            {
                Connections = count,
                Threads = Math.Min(template.Threads, count),
                Ramp = ramp,
                Duration = TimeSpan.FromHours(1),
                Timeout = TimeSpan.FromHours(1),
            });
            _runners.Push(runner);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(ramp + OpenLimit);
            using var timer = new PeriodicTimer(CheckInterval);
            while (runner.Streams < count)
            {
                try
                {
                    await timer.WaitForNextTickAsync(limit.Token);
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    throw new UsageException(
                        $"Only {runner.Streams} of {count} streams began. Does the server forward to the provider " +
                        "double, and does the limit of open files (ulimit -n) allow two for each stream?");
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            while (_runners.TryPop(out var runner))
            {
                await runner.DisposeAsync();
            }
        }
    }
}
