namespace Sluice.Perf.Comparison;

/// <summary>One pass over all contenders.</summary>
/// <param name="Samples">What was measured, by the contender's name.</param>
internal sealed record Round(IReadOnlyDictionary<string, Sample> Samples)
{
    /// <summary>
    /// The largest share of the machine that other load took while one of the contenders was measured: a burst that
    /// meets only one of them spoils the comparison just as well.
    /// </summary>
    public double OtherLoadPercent { get; } = Samples.Values.Max(s => s[Metric.OtherLoad.Key]);
}
