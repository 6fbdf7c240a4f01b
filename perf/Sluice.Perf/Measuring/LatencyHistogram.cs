using System.Numerics;

namespace Sluice.Perf.Measuring;

/// <summary>
/// Counts of durations in log-linear buckets, after HdrHistogram: each power of two is cut into 128 equal parts, so a
/// value is known to better than 1 % from 1 ns to 18 minutes. One thread writes; histograms of several threads are
/// merged afterwards.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int PartBits = 7;
    private const int Parts = 1 << PartBits;
    private const int ValueBits = 40;
    private const long ValueMax = (1L << ValueBits) - 1;

    private readonly long[] _counts = new long[(ValueBits - PartBits + 1) * Parts];

    public long Count { get; private set; }

    public long MaxNs { get; private set; }

    /// <summary>Adds a duration; a negative one counts as zero, one above 18 minutes as that.</summary>
    public void Record(long durationNs)
    {
        var value = Math.Clamp(durationNs, 0, ValueMax);
        _counts[IndexOf(value)]++;
        Count++;
        MaxNs = Math.Max(MaxNs, value);
    }

    /// <summary>Adds all that the other histogram holds.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        MaxNs = Math.Max(MaxNs, other.MaxNs);
    }

    /// <summary>The duration that the given percentage of all does not exceed; 0 when empty.</summary>
    public long PercentileNs(double percent)
    {
        if (Count == 0)
        {
            return 0;
        }

        var rank = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        for (var i = 0; i < _counts.Length; i++)
        {
            rank -= _counts[i];
            if (rank <= 0)
            {
                return Math.Min(MidpointOf(i), MaxNs);
            }
        }

        return MaxNs;
    }

    // Values below 2 * Parts have a bucket each. Above, the top PartBits + 1 bits choose it: the leading one is
    // implied.
    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - PartBits);
        return (shift << PartBits) + (int)(value >> shift);
    }

    private static long MidpointOf(int index)
    {
        var shift = Math.Max(0, (index >> PartBits) - 1);
        var low = (long)(index - (shift << PartBits)) << shift;
        return low + ((1L << shift) >> 1);
    }
}
