using System.Buffers;

namespace Sluice.Fuzz;

/// <summary>
/// Ways to cut an input into the pieces in which it arrives; a cut is an offset, cuts are ascending.
/// </summary>
internal static class Cuts
{
    /// <summary>Up to this many bytes an input is cut at every position; beyond, that would take too long.</summary>
    private const int EveryPositionMax = 4096;

    /// <summary>More cuts than this only stand for arrivals, not for segments, or a step would cost as many.</summary>
    private const int SegmentsMax = 64;

    /// <summary>After every byte.</summary>
    public static int[] Bytewise(int length) => [.. Enumerable.Range(1, Math.Max(0, length - 1))];

    /// <summary>At up to four random positions.</summary>
    public static int[] AtRandom(Random random, int length)
    {
        var cuts = new int[random.Next(5)];
        for (var i = 0; i < cuts.Length; i++)
        {
            cuts[i] = random.Next(length + 1);
        }

        Array.Sort(cuts);
        return cuts;
    }

    /// <summary>Each position in turn; of large inputs the edges and a sample.</summary>
    public static IEnumerable<int[]> AtEveryPosition(int length)
    {
        for (var cut = 1; cut < length; cut++)
        {
            if (length <= EveryPositionMax || cut < 64 || length - cut < 64 || cut % 997 == 0)
            {
                yield return [cut];
            }
        }
    }

    /// <summary>The bytes from one offset to another, as one segment for each piece unless there are many.</summary>
    public static ReadOnlySequence<byte> Sequence(byte[] bytes, int start, int end, int[] cuts)
    {
        if (cuts.Length > SegmentsMax)
        {
            return new ReadOnlySequence<byte>(bytes, start, end - start);
        }

        return Segmented(bytes, start, end, cuts);
    }

    /// <summary>The same, with any number of segments.</summary>
    public static ReadOnlySequence<byte> Segmented(byte[] bytes, int start, int end, int[] cuts)
    {
        Segment? first = null;
        Segment? last = null;
        foreach (var cut in cuts.Append(end))
        {
            if (cut > start && cut <= end)
            {
                last = new Segment(bytes.AsMemory(start, cut - start), last);
                first ??= last;
                start = cut;
            }
        }

        return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
