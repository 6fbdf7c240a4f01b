using System.Diagnostics;
using System.Globalization;

namespace Sluice.Perf.Measuring;

/// <summary>
/// How much of the machine went to anything but this measurement: the busy time of all cores less that of this
/// program and its children. Time stolen by the hypervisor counts too.
/// </summary>
internal sealed class ForeignLoad
{
    private const long TickNs = 10_000_000;

    private static readonly ProcessTree Own = new(Environment.ProcessId);

    private readonly long _startNs = Stopwatch.GetTimestamp();
    private readonly long _busyNs = BusyNs();
    private readonly long _ownNs = Own.CpuNs();

    /// <summary>The share since construction, from 0 to 1.</summary>
    public double Share()
    {
        var capacityNs = (double)(Stopwatch.GetTimestamp() - _startNs) * Environment.ProcessorCount;
        var foreignNs = BusyNs() - _busyNs - (Own.CpuNs() - _ownNs);
        return Math.Clamp(foreignNs / capacityNs, 0, 1);
    }

    private static long BusyNs()
    {
        // cpu user nice system idle iowait irq softirq steal ...; the kernel counts guests as user time already.
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ReadOnlySpan<int> busy = [1, 2, 3, 6, 7, 8];
        long ticks = 0;
        foreach (var index in busy)
        {
            ticks += long.Parse(fields[index], CultureInfo.InvariantCulture);
        }

        return ticks * TickNs;
    }
}
