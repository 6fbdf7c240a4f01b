namespace Sluice.Testing;

/// <summary>Buffered reads from a stream, byte by byte or in parts. A reset counts as the end and is remembered.</summary>
/// <param name="stream">Where from.</param>
public sealed class ByteSource(Stream stream)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>How long a read waits until it is taken for a hang; for ever by default.</summary>
    public TimeSpan Patience { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether the connection ended with a reset and not with a close.</summary>
    public bool WasReset { get; private set; }

    /// <summary>The next byte, or -1 at the end.</summary>
    public async ValueTask<int> ReadByteAsync()
    {
        if (_start == _end && !await FillAsync())
        {
            return -1;
        }

        return _buffer[_start++];
    }

    /// <summary>Between 1 and a number of bytes, valid until the next call; none at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadSomeAsync(int count)
    {
        if (_start == _end && !await FillAsync())
        {
            return default;
        }

        var taken = Math.Min(count, _end - _start);
        var part = _buffer.AsMemory(_start, taken);
        _start += taken;
        return part;
    }

    private async ValueTask<bool> FillAsync()
    {
        _start = _end = 0;
        try
        {
            _end = await stream.ReadAsync(_buffer).AsTask().WaitAsync(Patience);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            WasReset = true;
        }

        return _end > 0;
    }
}
