using Sluice.Perf.Measuring;

namespace Sluice.Perf.Comparison;

/// <summary>The rounds of one scenario, and the figures over them.</summary>
internal sealed class ScenarioResult(Scenario scenario, IReadOnlyList<Round> kept, int roundsRun, int roundsDisturbed)
{
    public Scenario Scenario => scenario;

    public int RoundsKept => kept.Count;

    public int RoundsRun => roundsRun;

    /// <summary>Kept rounds that other load disturbed, because too few were quiet.</summary>
    public int RoundsDisturbed => roundsDisturbed;

    /// <summary>The contenders, in the order in which they ran.</summary>
    public IEnumerable<string> Contenders => kept[0].Samples.Keys;

    /// <summary>The median of a figure; null when the contender does not have it.</summary>
    public double? Median(string contender, string key)
    {
        var values = kept.Select(r => Value(r, contender, key)).OfType<double>().ToList();
        return values.Count > 0 ? Statistics.Median(values) : null;
    }

    /// <summary>
    /// The median of the ratios to HAProxy, each taken within a round, so that what disturbs a whole round cancels
    /// out; null when a figure is missing or not above 0.
    /// </summary>
    public double? RatioToHaproxy(string contender, Metric metric)
    {
        const string reference = HaproxyContender.ContenderName;
        if (!metric.HasRatio || Median(contender, metric.Key) is not > 0 || Median(reference, metric.Key) is not > 0)
        {
            return null;
        }

        var ratios = kept
            .Select(r => (Own: Value(r, contender, metric.Key), Reference: Value(r, reference, metric.Key)))
            .Where(p => p is { Own: > 0, Reference: > 0 })
            .Select(p => p.Own!.Value / p.Reference!.Value)
            .ToList();
        return ratios.Count > 0 ? Statistics.Median(ratios) : null;
    }

    /// <summary>Everything, for a JSON file.</summary>
    public object ToJson() => new
    {
        scenario,
        rounds_run = roundsRun,
        rounds_kept = kept.Count,
        rounds_disturbed = roundsDisturbed,
        other_load_percent = kept.Select(r => r.OtherLoadPercent),
        contenders = Contenders.ToDictionary(name => name, name => new
        {
            median = kept.SelectMany(r => r.Samples[name].Keys).Distinct().ToDictionary(k => k, k => Median(name, k)),
            ratio_to_haproxy = Metric.All
                .Select(m => (m.Key, Ratio: RatioToHaproxy(name, m)))
                .Where(m => m.Ratio is not null)
                .ToDictionary(m => m.Key, m => m.Ratio),
            rounds = kept.Select(r => r.Samples[name]),
        }),
    };

    private static double? Value(Round round, string contender, string key) =>
        round.Samples.TryGetValue(contender, out var sample) && sample.TryGetValue(key, out var value) ? value : null;
}
