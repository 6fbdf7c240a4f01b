using System.Runtime.InteropServices;

namespace Sluice.Perf.Measuring;

/// <summary>What a result was measured on.</summary>
internal sealed record Machine(int Cores, string CpuModel, string Kernel, string Runtime, double MemoryGb)
{
    public static Machine Describe()
    {
        var model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        return new Machine(
            Environment.ProcessorCount,
            model?[(model.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
            File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            RuntimeInformation.FrameworkDescription,
            Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1));
    }
}
