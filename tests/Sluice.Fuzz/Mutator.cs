namespace Sluice.Fuzz;

/// <summary>Changes inputs at random, with a fixed sequence for a seed. Not thread-safe.</summary>
/// <param name="random">The source of all decisions.</param>
/// <param name="corpus">Other inputs to splice with.</param>
/// <param name="dictionary">Fragments to insert.</param>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> corpus, IReadOnlyList<byte[]> dictionary)
{
    // Above this an input has grown by repetition only and slows everything down.
    private const int InputBytesMax = 64 * 1024;

    /// <summary>A changed copy: one to six changes, few more often than many.</summary>
    public byte[] Mutate(byte[] input)
    {
        var bytes = new List<byte>(input);
        var changes = 1 + random.Next(1 + random.Next(6));
        for (var i = 0; i < changes && bytes.Count < InputBytesMax; i++)
        {
            MutateOnce(bytes);
        }

        return [.. bytes];
    }

    private void MutateOnce(List<byte> bytes)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(1 + random.Next(1 + random.Next(64)), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                var other = corpus[random.Next(corpus.Count)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(random.Next(other.Length + 1)));
                break;
            case 6:
                bytes.RemoveRange(at, length);
                bytes.InsertRange(at, Fragment());
                break;
            default:
                bytes.InsertRange(random.Next(2) == 0 ? at : LineStart(bytes, at), Fragment());
                break;
        }
    }

    private byte[] Fragment() => dictionary[random.Next(dictionary.Count)];

    private static int LineStart(List<byte> bytes, int at) =>
        at == 0 ? 0 : bytes.LastIndexOf((byte)'\n', at - 1) + 1;
}
