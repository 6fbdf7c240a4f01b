namespace Sluice.Perf.Comparison;

/// <summary>How to start a contender in the foreground.</summary>
/// <param name="Program">The executable.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Port">The loopback port on which it will listen.</param>
/// <param name="Environment">Variables set for it.</param>
internal sealed record LaunchPlan(
    string Program,
    IReadOnlyList<string> Arguments,
    int Port,
    IReadOnlyDictionary<string, string> Environment);
