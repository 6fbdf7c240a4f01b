namespace Sluice.Perf.Wire;

/// <summary>Finds the end of a message head, wherever the reads cut it. A head in one piece is not copied.</summary>
internal sealed class HeadBuffer
{
    private const int HeadBytesMax = 32 * 1024;

    private byte[] _bytes = [];
    private int _length;

    /// <summary>Whether 32 KB have arrived without an end.</summary>
    public bool IsTooLong => _length == HeadBytesMax;

    /// <summary>
    /// True with the whole head, each line with its CRLF, the empty line left out, and the number of bytes of
    /// <paramref name="data"/> that belong to it. False when more is needed, or when <see cref="IsTooLong"/>.
    /// </summary>
    public bool TryTake(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> head, out int consumed)
    {
        var previous = _length;
        if (previous == 0)
        {
            var end = data.IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                head = data[..(end + 2)];
                consumed = end + 4;
                return true;
            }
        }

        Keep(data);
        var searchFrom = Math.Max(0, previous - 3);
        var found = previous == 0 ? -1 : _bytes.AsSpan(searchFrom, _length - searchFrom).IndexOf("\r\n\r\n"u8);
        if (found < 0)
        {
            head = default;
            consumed = data.Length;
            return false;
        }

        head = _bytes.AsSpan(0, searchFrom + found + 2);
        consumed = searchFrom + found + 4 - previous;
        _length = 0;
        return true;
    }

    /// <summary>Drops a partial head.</summary>
    public void Clear() => _length = 0;

    private void Keep(ReadOnlySpan<byte> data)
    {
        // Body bytes may follow the end of the head in the same read, so not more is kept than a head may have.
        var kept = data[..Math.Min(data.Length, HeadBytesMax - _length)];
        if (_bytes.Length < _length + kept.Length)
        {
            Array.Resize(ref _bytes, Math.Max(1024, _length + kept.Length));
        }

        kept.CopyTo(_bytes.AsSpan(_length));
        _length += kept.Length;
    }
}
