using Sluice.Perf.Load;
using Sluice.Perf.Measuring;

namespace Sluice.Perf.Comparison;

/// <summary>What one contender did in one round: figures by the key of their <see cref="Metric"/>.</summary>
internal sealed class Sample : Dictionary<string, double>
{
    /// <summary>
    /// The figures of a load run; CPU time is that of the contender in the window, if it has a process.
    /// </summary>
    public static Sample Of(LoadReport report, long? cpuNs)
    {
        var tally = report.Tally;
        var isStream = tally.Events > 0;
        var sample = new Sample { [Metric.Errors.Key] = tally.Errors };
        if (tally.Requests > 0)
        {
            sample[Metric.RequestsPerSecond.Key] = report.RequestsPerSecond;
        }

        if (isStream)
        {
            sample[Metric.EventsPerSecond.Key] = report.EventsPerSecond;
            sample[Metric.ChunksKept.Key] = 100 * report.ChunksKept ?? 0;
            sample.AddTimes("ttft", tally.Ttft);
            sample.AddTimes("gap", tally.Gap);
        }
        else
        {
            sample.AddTimes("exchange", tally.Exchange);
        }

        var units = isStream ? tally.ContentEvents : tally.Requests;
        if (cpuNs is { } cpu && units > 0)
        {
            sample[(isStream ? Metric.CpuPerEvent : Metric.CpuPerRequest).Key] = cpu / 1e3 / units;
        }

        return sample;
    }

    /// <summary>Adds, for each duration, by how much it exceeds the one without a contender.</summary>
    public void AddDifferences(Sample direct)
    {
        foreach (var metric in Metric.All.Where(m => m.Key.StartsWith(Metric.AddedPrefix, StringComparison.Ordinal)))
        {
            var key = metric.Key[Metric.AddedPrefix.Length..];
            if (TryGetValue(key, out var own) && direct.TryGetValue(key, out var without))
            {
                this[metric.Key] = own - without;
            }
        }
    }

    private void AddTimes(string name, LatencyHistogram histogram)
    {
        if (histogram.Count > 0)
        {
            this[Metric.Percentile(name, "p50")] = histogram.PercentileNs(50) / 1e3;
            this[Metric.Percentile(name, "p99")] = histogram.PercentileNs(99) / 1e3;
            this[Metric.Percentile(name, "p99_9")] = histogram.PercentileNs(99.9) / 1e3;
        }
    }
}
