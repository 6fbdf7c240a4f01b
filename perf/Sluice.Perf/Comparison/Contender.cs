using System.Net;

namespace Sluice.Perf.Comparison;

/// <summary>Something that stands between the load and the provider.</summary>
internal abstract class Contender
{
    /// <summary>The name in tables and in <c>--contenders</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Which version is measured.</summary>
    public abstract string Version { get; }

    /// <summary>Writes its configuration into an empty folder, and says how to start it.</summary>
    /// <param name="folder">Where it may keep files; deleted afterwards.</param>
    /// <param name="provider">Where it forwards to.</param>
    /// <param name="cores">How many cores it may keep busy.</param>
    public abstract LaunchPlan Prepare(string folder, IPEndPoint provider, int cores);
}
