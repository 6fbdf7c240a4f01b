using System.Buffers;
using System.Runtime.InteropServices;
using Sluice.Http;

namespace Sluice.Proxy.Exchange;

/// <summary>At which time the body had how many bytes.</summary>
/// <param name="Offset">Bytes of the body up to and including those that arrived then.</param>
/// <param name="Timestamp">The clock's timestamp.</param>
internal readonly record struct CaptureMark(long Offset, long Timestamp);

/// <summary>
/// The bytes of one body in rented blocks, with marks of when they arrived; what is understood of an exchange is read
/// from here after its last byte has left. It takes what its limit and the budget allow and then says that it is cut
/// short; it never waits. One writer, and readers only after it is done; not thread-safe.
/// </summary>
internal sealed class CaptureBuffer : IBodySink
{
    /// <summary>Bytes of one body that are kept.</summary>
    public const int BytesMax = 8 * 1024 * 1024;

    // Most answers are a few kilobytes, and thousands of streams are open at once; only the long ones take large
    // blocks.
    private const int FirstBlockBytes = 4 * 1024;
    private const int BlockBytes = 64 * 1024;

    // A body in single bytes would otherwise have more marks than bytes worth keeping; the last mark then stretches.
    private const int MarksMax = 65_536;

    private readonly List<Block> _blocks = [];
    private readonly List<CaptureMark> _marks = [];
    private CaptureBudget? _budget;

    /// <summary>Bytes kept.</summary>
    public int Length { get; private set; }

    /// <summary>Whether bytes were left out.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Whether anything is captured at all.</summary>
    public bool IsActive => _budget is not null;

    /// <summary>When the bytes arrived, in order.</summary>
    public ReadOnlySpan<CaptureMark> Marks => CollectionsMarshal.AsSpan(_marks);

    /// <summary>Begins a capture.</summary>
    public void Start(CaptureBudget budget) => _budget = budget;

    /// <summary>Gives all blocks back.</summary>
    public void Reset()
    {
        foreach (var block in _blocks)
        {
            _budget!.Return(block.Bytes.Length);
            ArrayPool<byte>.Shared.Return(block.Bytes);
        }

        _blocks.Clear();
        _marks.Clear();
        _budget = null;
        Length = 0;
        IsTruncated = false;
    }

    /// <inheritdoc/>
    public void OnBody(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsTruncated && _budget is not null)
        {
            var room = Room();
            if (room.IsEmpty)
            {
                IsTruncated = true;
                return;
            }

            var part = bytes[..Math.Min(room.Length, bytes.Length)];
            part.CopyTo(room);
            CollectionsMarshal.AsSpan(_blocks)[^1].Used += part.Length;
            Length += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>Notes that the bytes captured so far have arrived.</summary>
    public void Mark(long timestamp)
    {
        // The read that cut the capture short still brought the bytes before the cut.
        var isNew = Length > (_marks.Count == 0 ? 0 : _marks[^1].Offset);
        if (_budget is not null && isNew && _marks.Count < MarksMax)
        {
            _marks.Add(new CaptureMark(Length, timestamp));
        }
    }

    /// <summary>The block at an index from 0; empty past the last.</summary>
    public ReadOnlySpan<byte> GetBlock(int index) =>
        index < _blocks.Count ? _blocks[index].Bytes.AsSpan(0, _blocks[index].Used) : default;

    /// <summary>When the byte at an offset arrived.</summary>
    public long TimestampOf(long offset)
    {
        foreach (var mark in Marks)
        {
            if (mark.Offset > offset)
            {
                return mark.Timestamp;
            }
        }

        return _marks.Count == 0 ? 0 : _marks[^1].Timestamp;
    }

    private Span<byte> Room()
    {
        if (_blocks.Count > 0)
        {
            var last = _blocks[^1];
            if (last.Used < last.Bytes.Length)
            {
                // A rented block may be larger than what was asked for, here and below.
                return last.Bytes.AsSpan(last.Used, Math.Min(last.Bytes.Length - last.Used, BytesMax - Length));
            }
        }

        var size = Math.Min(_blocks.Count == 0 ? FirstBlockBytes : BlockBytes, BytesMax - Length);
        if (size <= 0)
        {
            return default;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(size);
        if (!_budget!.TryTake(bytes.Length))
        {
            ArrayPool<byte>.Shared.Return(bytes);
            return default;
        }

        _blocks.Add(new Block { Bytes = bytes });
        return bytes.AsSpan(0, Math.Min(bytes.Length, BytesMax - Length));
    }

    private struct Block
    {
        public required byte[] Bytes { get; init; }

        public int Used { get; set; }
    }
}
