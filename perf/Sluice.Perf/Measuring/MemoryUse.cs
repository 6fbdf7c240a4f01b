using System.Globalization;

namespace Sluice.Perf.Measuring;

/// <summary>Memory of a process or several.</summary>
/// <param name="ResidentBytes">What is resident; pages that several processes share count for each of them.</param>
/// <param name="ProportionalBytes">The same with each shared page divided by the number of its users.</param>
internal readonly record struct MemoryUse(long ResidentBytes, long ProportionalBytes)
{
    public static MemoryUse operator +(MemoryUse left, MemoryUse right) =>
        new(left.ResidentBytes + right.ResidentBytes, left.ProportionalBytes + right.ProportionalBytes);

    /// <summary>Reads the lines of <c>/proc/PID/smaps_rollup</c>.</summary>
    public static MemoryUse Parse(IEnumerable<string> lines)
    {
        var use = default(MemoryUse);
        foreach (var line in lines)
        {
            if (line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                use = use with { ResidentBytes = Bytes(line) };
            }
            else if (line.StartsWith("Pss:", StringComparison.Ordinal))
            {
                use = use with { ProportionalBytes = Bytes(line) };
            }
        }

        return use;
    }

    private static long Bytes(string line) =>
        long.Parse(line.AsSpan(4).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024;
}
