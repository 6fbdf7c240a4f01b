namespace Sluice.Perf.Comparison;

/// <summary>How a comparison is run.</summary>
/// <param name="Rounds">Rounds that count.</param>
/// <param name="RoundsMax">Rounds that are run at most, when some are disturbed by other load.</param>
/// <param name="DisturbedAbovePercent">The share of the machine that other load may take in a round.</param>
/// <param name="Window">Measured time of one contender in one round.</param>
/// <param name="WarmUp">Load before it.</param>
/// <param name="Settle">Rest before memory is read.</param>
/// <param name="Cores">Cores of each contender.</param>
/// <param name="LoadThreads">Threads of the load generator, and of the provider double.</param>
internal sealed record ComparePlan(
    int Rounds,
    int RoundsMax,
    double DisturbedAbovePercent,
    TimeSpan Window,
    TimeSpan WarmUp,
    TimeSpan Settle,
    int Cores,
    int LoadThreads);
