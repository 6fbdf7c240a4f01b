using System.Diagnostics;

namespace Sluice.Perf.Load;

/// <summary>
/// The moments of a run, fixed before it begins, in nanoseconds of <see cref="Stopwatch"/>. Workers compare them with
/// their own readings, so nothing has to be signalled between threads.
/// </summary>
internal sealed record LoadClock(long BeginNs, long WindowStartNs, long WindowEndNs, long DrainEndNs)
{
    /// <summary>The clock of a run that begins a moment from now.</summary>
    public static LoadClock For(LoadPlan plan)
    {
        var begin = Stopwatch.GetTimestamp() + Ns(TimeSpan.FromMilliseconds(20));
        var windowStart = begin + Ns(plan.WarmUp);
        var windowEnd = windowStart + Ns(plan.Duration);
        return new LoadClock(begin, windowStart, windowEnd, windowEnd + Ns(plan.Drain));
    }

    public static long Ns(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Time left until the given moment, not less than none.</summary>
    public static TimeSpan Until(long momentNs) =>
        TimeSpan.FromTicks(Math.Max(0, momentNs - Stopwatch.GetTimestamp()) / TimeSpan.NanosecondsPerTick);

    public bool IsInWindow(long nowNs) => nowNs >= WindowStartNs && nowNs < WindowEndNs;
}
