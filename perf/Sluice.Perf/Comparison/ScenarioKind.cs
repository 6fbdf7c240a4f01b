namespace Sluice.Perf.Comparison;

/// <summary>What a scenario measures.</summary>
internal enum ScenarioKind
{
    /// <summary>Throughput, CPU and times under load, with servers that stay up over all rounds.</summary>
    Load,

    /// <summary>Memory of a fresh server, at rest and with streams open.</summary>
    Memory,

    /// <summary>Time from process start to the first proxied byte.</summary>
    Startup,
}
