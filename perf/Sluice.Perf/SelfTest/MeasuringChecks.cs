using System.Net;
using Sluice.Perf.CommandLine;
using Sluice.Perf.Measuring;
using Sluice.Perf.Sockets;

namespace Sluice.Perf.SelfTest;

/// <summary>
/// Checks of the instruments: histogram, timers, process accounting, and the refusal to load other machines.
/// </summary>
internal static class MeasuringChecks
{
    public static IEnumerable<Check> All { get; } =
    [
        Check.Of("histogram is within 1 % of sorted values", Histogram),
        Check.Of("timers fire in order, once, and not early", Timers),
        Check.Of("CPU time of this process grows", CpuTime),
        Check.Of("other machines are refused", OtherMachines),
    ];

    private static string? Histogram()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 100_000).Select(_ => (long)Math.Exp(random.NextDouble() * 27)).ToArray();
        var (one, other) = (new LatencyHistogram(), new LatencyHistogram());
        for (var i = 0; i < values.Length; i++)
        {
            (i % 2 == 0 ? one : other).Record(values[i]);
        }

        one.Add(other);
        Array.Sort(values);
        foreach (var percent in new[] { 0.1, 25, 50, 90, 99, 99.9, 100 })
        {
            var exact = values[(int)Math.Ceiling(values.Length * percent / 100) - 1];
            var found = one.PercentileNs(percent);
            if (Math.Abs(found - exact) > Math.Max(1, exact * 0.01))
            {
                return $"p{percent} is {found}, should be {exact}";
            }
        }

        return one.Count == values.Length ? null : $"counted {one.Count} of {values.Length}";
    }

    private static string? Timers()
    {
        const long stepNs = 700_000;    // not a multiple of the wheel's ticks
        var random = new Random(1);
        var wheel = new TimerWheel(0);
        long nowNs = 0;
        var fired = new List<long>();
        var timers = Enumerable.Range(0, 2000)
            .Select(_ => new Probe(random.NextInt64(0, 3_000_000_000), due => fired.Add(due)))
            .ToList();
        timers.ForEach(t => wheel.Schedule(t, t.DueNs));
        timers.Where((_, i) => i % 4 == 0).ToList().ForEach(wheel.Cancel);
        var early = false;
        while (fired.Count < 1500 && nowNs < 4_000_000_000)
        {
            nowNs += stepNs;
            var before = fired.Count;
            wheel.Advance(nowNs);
            early |= fired.Skip(before).Any(due => due > nowNs);
        }

        return early ? "a timer fired early"
            : fired.Count != 1500 ? $"{fired.Count} of 1500 fired"
            : fired.Zip(fired.Skip(1)).Any(p => p.First - p.Second > 2 * stepNs) ? "timers fired out of order"
            : null;
    }

    private static string? CpuTime()
    {
        var own = new ProcessTree(Environment.ProcessId);
        var before = own.CpuNs();
        double sum = 0;
        for (var i = 0; i < 1_000_000; i++)
        {
            sum += Math.Sqrt(i);
        }

        return own.CpuNs() > before && sum > 0 && own.Memory().ResidentBytes > 0
            ? null
            : "no CPU time or memory was counted";
    }

    private static string? OtherMachines()
    {
        foreach (var host in new[] { "10.0.0.1", "example.com", "0.0.0.0", "[2001:db8::1]" })
        {
            try
            {
                return $"{LoopbackAddress.Resolve(host, 80)} was accepted";
            }
            catch (UsageException)
            {
                // This is what is wanted.
            }
        }

        return LoopbackAddress.Parse("[::1]:80").Equals(new IPEndPoint(IPAddress.IPv6Loopback, 80))
            ? null
            : "[::1] was refused";
    }

    private sealed class Probe(long dueNs, Action<long> onDue) : WheelTimer
    {
        public long DueNs => dueNs;

        public override void OnDue() => onDue(dueNs);
    }
}
