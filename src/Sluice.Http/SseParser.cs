using System.Buffers;
using System.Buffers.Text;

namespace Sluice.Http;

/// <summary>
/// Reads an event stream (WHATWG HTML, section 9.2.6) as its bytes arrive and reports each event at the byte that
/// completes it. The cut between two pushes may lie anywhere: inside CRLF, the byte order mark or a UTF-8 sequence.
/// </summary>
/// <remarks>
/// <para>
/// Every byte is searched once and copied at most twice, so the time is linear in the stream however it is cut. An
/// event whose data is one line within one push is reported from the pushed bytes; all others pass through buffers
/// rented from the shared pool, kept from event to event and given back by <see cref="Reset"/> and
/// <see cref="Dispose"/>.
/// </para>
/// <code>
///   block of lines: field / comment          empty line
///   |-- Start ----------------------------------------| End, OnEvent
///   The last line of a push, if it has no end yet, waits in _line; a block without its end waits in _data and _type.
/// </code>
/// Instances are not thread-safe.
/// </remarks>
public sealed class SseParser : IDisposable
{
    /// <summary>Default of the largest event in bytes: 16 MiB. The largest real ones, images in base64 within one
    /// event, are below 8 MiB.</summary>
    public const int DefaultEventBytesMax = 16 * 1024 * 1024;

    // A buffer grows by doubling; above this the doubling would pass the largest array.
    private const int LargestEventBytesMax = 1 << 30;
    private const int BomLength = 3;

    private readonly int _eventBytesMax;

    private RentedBuffer _line;
    private RentedBuffer _data;
    private RentedBuffer _type;
    private RentedBuffer _lastEventId;

    // Offset of the next byte to be taken.
    private long _position;

    // Offset of the first line of the current block; -1 between blocks.
    private long _blockStart = -1;

    // Bytes of the byte order mark seen so far; BomLength as soon as the question is settled.
    private int _bomMatched;

    // Invariant: true only between a CR and the byte after it.
    private bool _swallowLineFeed;

    // An earlier push brought the beginning of the current line. Not the same as a non-empty _line: of comments and of
    // oversized blocks nothing is kept.
    private bool _inLine;

    private bool _hasData;
    private bool _oversized;

    /// <summary>Creates a parser at the start of a stream.</summary>
    /// <param name="eventBytesMax">
    /// The largest event in bytes, comments and field names included, line ends of its last line not; 1 to 1 GiB. A
    /// larger one is not reported, only counted in <see cref="SkippedEvents"/>, and no more than this is buffered.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="eventBytesMax"/> is out of range.</exception>
    public SseParser(int eventBytesMax = DefaultEventBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(eventBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(eventBytesMax, LargestEventBytesMax);
        _eventBytesMax = eventBytesMax;
    }

    private static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>The number of bytes pushed since the start of the stream.</summary>
    public long Position => _position;

    /// <summary>How many events were larger than the limit and therefore not reported.</summary>
    public long SkippedEvents { get; private set; }

    /// <summary>The reconnection time from the last valid <c>retry</c> field, in milliseconds; null without
    /// one.</summary>
    public long? RetryMs { get; private set; }

    /// <summary>
    /// Takes the next bytes of the stream and reports the events that they complete. An event that the stream's end
    /// leaves incomplete is never reported, as the standard demands.
    /// </summary>
    /// <typeparam name="THandler">Type of the handler; a struct avoids the interface call.</typeparam>
    /// <param name="bytes">Any number of bytes, also none. They are not kept after the call.</param>
    /// <param name="handler">Receives the events.</param>
    public void Push<THandler>(ReadOnlySpan<byte> bytes, ref THandler handler)
        where THandler : ISseHandler, allows ref struct
    {
        var rest = _bomMatched == BomLength ? bytes : SkipBom(bytes);

        // The block's data as long as it is one line of this push.
        ReadOnlySpan<byte> inlineData = default;
        while (!rest.IsEmpty)
        {
            if (_swallowLineFeed)
            {
                _swallowLineFeed = false;
                if (rest[0] == '\n')
                {
                    rest = rest[1..];
                    _position++;
                    continue;
                }
            }

            var length = rest.IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0)
            {
                TakeUnfinishedLine(rest);
                break;
            }

            _swallowLineFeed = rest[length] == '\r';
            if (length == 0 && !_inLine)
            {
                _position++;
                EndBlock(inlineData, ref handler);
                inlineData = default;
            }
            else
            {
                TakeLine(rest[..length], ref inlineData);
                _position += length + 1;
            }

            rest = rest[(length + 1)..];
        }

        if (!inlineData.IsEmpty)
        {
            _data.Append(inlineData);
        }
    }

    /// <summary>
    /// Forgets everything, gives the buffers back and stands at the start of a new stream. A parser may be reset at
    /// any time and any number of times.
    /// </summary>
    public void Reset()
    {
        _line.Return();
        _data.Return();
        _type.Return();
        _lastEventId.Return();
        _position = 0;
        _blockStart = -1;
        _bomMatched = 0;
        _swallowLineFeed = false;
        _inLine = false;
        _hasData = false;
        _oversized = false;
        SkippedEvents = 0;
        RetryMs = null;
    }

    /// <summary>Gives the buffers back, as <see cref="Reset"/> does; the parser may be used again.</summary>
    public void Dispose() => Reset();

    private ReadOnlySpan<byte> SkipBom(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (taken < bytes.Length && bytes[taken] == Bom[_bomMatched])
        {
            taken++;
            _position++;
            if (++_bomMatched == BomLength)
            {
                return bytes[taken..];
            }
        }

        if (taken < bytes.Length)
        {
            // Not a mark after all: the bytes that looked like one begin the first line.
            var lookalikes = Bom[.._bomMatched];
            _bomMatched = BomLength;
            if (!lookalikes.IsEmpty)
            {
                _position -= lookalikes.Length;
                TakeUnfinishedLine(lookalikes);
            }
        }

        return bytes[taken..];
    }

    private void TakeUnfinishedLine(ReadOnlySpan<byte> part)
    {
        BeginBlock();
        _position += part.Length;
        if (FitsLimit(_position) && (_line.Length > 0 || (!_inLine && part[0] != ':')))
        {
            _line.Append(part);
        }

        _inLine = true;
    }

    private void TakeLine(ReadOnlySpan<byte> lastPart, ref ReadOnlySpan<byte> inlineData)
    {
        BeginBlock();
        if (!_inLine)
        {
            if (FitsLimit(_position + lastPart.Length))
            {
                TakeField(lastPart, isInline: true, ref inlineData);
            }

            return;
        }

        // An empty _line is a comment.
        if (FitsLimit(_position + lastPart.Length) && _line.Length > 0)
        {
            _line.Append(lastPart);
            TakeField(_line.Written, isInline: false, ref inlineData);
        }

        _line.Clear();
        _inLine = false;
    }

    private void BeginBlock()
    {
        if (_blockStart < 0)
        {
            _blockStart = _position;
        }
    }

    private bool FitsLimit(long lineEnd)
    {
        if (lineEnd - _blockStart > _eventBytesMax && !_oversized)
        {
            _oversized = true;
            SkippedEvents++;
        }

        return !_oversized;
    }

    private void TakeField(ReadOnlySpan<byte> line, bool isInline, ref ReadOnlySpan<byte> inlineData)
    {
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? default : line[(colon + 1)..];
        if (!value.IsEmpty && value[0] == ' ')
        {
            value = value[1..];
        }

        if (name.SequenceEqual("data"u8))
        {
            TakeData(value, isInline, ref inlineData);
        }
        else if (name.SequenceEqual("event"u8))
        {
            _type.Clear();
            _type.Append(value);
        }
        else if (name.SequenceEqual("id"u8))
        {
            if (!value.Contains((byte)0))
            {
                _lastEventId.Clear();
                _lastEventId.Append(value);
            }
        }
        else if (name.SequenceEqual("retry"u8))
        {
            TakeRetry(value);
        }
    }

    private void TakeData(ReadOnlySpan<byte> value, bool isInline, ref ReadOnlySpan<byte> inlineData)
    {
        if (!_hasData)
        {
            _hasData = true;
            if (isInline)
            {
                inlineData = value;
            }
            else
            {
                _data.Append(value);
            }

            return;
        }

        _data.Append(inlineData);
        inlineData = default;
        _data.Append("\n"u8);
        _data.Append(value);
    }

    private void TakeRetry(ReadOnlySpan<byte> value)
    {
        // The standard takes ASCII digits only: the first test keeps signs out, which the integer parser would take.
        if (!value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(value, out long milliseconds, out _))
        {
            RetryMs = milliseconds;
        }
    }

    private void EndBlock<THandler>(ReadOnlySpan<byte> inlineData, ref THandler handler)
        where THandler : ISseHandler, allows ref struct
    {
        if (_hasData && !_oversized)
        {
            var type = _type.Length > 0 ? _type.Written : "message"u8;
            var data = _data.Length > 0 ? _data.Written : inlineData;
            handler.OnEvent(new SseEvent(type, data, _lastEventId.Written, _blockStart, _position));
        }

        _blockStart = -1;
        _type.Clear();
        _data.Clear();
        _hasData = false;
        _oversized = false;
    }

    /// <summary>A growing byte buffer from the shared pool, returned by <see cref="Return"/>.</summary>
    private struct RentedBuffer
    {
#if DEBUG
        // The pool's smallest array, so that tests cross its edges.
        private const int InitialBytes = 16;
#else
        private const int InitialBytes = 512;
#endif

        private byte[]? _array;

        public int Length { get; private set; }

        public readonly ReadOnlySpan<byte> Written => _array.AsSpan(0, Length);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (bytes.IsEmpty)
            {
                return;
            }

            if (_array is null || _array.Length - Length < bytes.Length)
            {
                Grow(Length + bytes.Length);
            }

            bytes.CopyTo(_array.AsSpan(Length));
            Length += bytes.Length;
        }

        public void Clear() => Length = 0;

        public void Return()
        {
            if (_array is not null)
            {
                ArrayPool<byte>.Shared.Return(_array);
            }

            _array = null;
            Length = 0;
        }

        private void Grow(int needed)
        {
            var doubled = _array is null ? InitialBytes : (int)Math.Min(2L * _array.Length, Array.MaxLength);
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, doubled));
            Written.CopyTo(larger);
            if (_array is not null)
            {
                ArrayPool<byte>.Shared.Return(_array);
            }

            _array = larger;
        }
    }
}
