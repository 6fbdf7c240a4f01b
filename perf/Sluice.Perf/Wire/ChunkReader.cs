namespace Sluice.Perf.Wire;

/// <summary>
/// Chunked transfer coding (RFC 9112, 7.1), a byte at a time where it is framing and a span at a time where it is
/// payload: <c>Size -> [Extension] -> SizeEnd -> Payload -> PayloadEnd -> Size ... -> Trailer -> Complete</c>.
/// </summary>
internal struct ChunkReader
{
    private const long ChunkBytesMax = 1L << 40;

    private State _state;
    private long _remaining;
    private int _digits;
    private int _trailerLineLength;

    private enum State
    {
        Size,
        Extension,
        SizeEnd,
        Payload,
        PayloadReturn,
        PayloadEnd,
        Trailer,
        TrailerEnd,
    }

    /// <summary>Reads up to the next step and takes what it read off <paramref name="data"/>.</summary>
    public ChunkStep Read(ref ReadOnlySpan<byte> data, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        while (!data.IsEmpty)
        {
            if (_state == State.Payload)
            {
                var count = (int)Math.Min(_remaining, data.Length);
                payload = data[..count];
                data = data[count..];
                _remaining -= count;
                if (_remaining == 0)
                {
                    _state = State.PayloadReturn;
                }

                return ChunkStep.Payload;
            }

            var step = ReadFraming(data[0]);
            data = data[1..];
            if (step != ChunkStep.NeedMoreData)
            {
                return step;
            }
        }

        return ChunkStep.NeedMoreData;
    }

    private ChunkStep ReadFraming(byte value)
    {
        switch (_state)
        {
            case State.Size when char.IsAsciiHexDigit((char)value):
                _remaining = (_remaining << 4) | (uint)HexValue(value);
                _digits++;
                return _remaining <= ChunkBytesMax ? ChunkStep.NeedMoreData : ChunkStep.Malformed;

            case State.Size when _digits > 0 && value == '\r':
                _state = State.SizeEnd;
                return ChunkStep.NeedMoreData;

            case State.Size when _digits > 0 && value is (byte)';' or (byte)' ' or (byte)'\t':
                _state = State.Extension;
                return ChunkStep.NeedMoreData;

            case State.Extension:
                _state = value == '\r' ? State.SizeEnd : State.Extension;
                return value == '\n' ? ChunkStep.Malformed : ChunkStep.NeedMoreData;

            case State.SizeEnd when value == '\n':
                _digits = 0;
                _trailerLineLength = 0;
                _state = _remaining > 0 ? State.Payload : State.Trailer;
                return ChunkStep.NeedMoreData;

            case State.PayloadReturn when value == '\r':
                _state = State.PayloadEnd;
                return ChunkStep.NeedMoreData;

            case State.PayloadEnd when value == '\n':
                _state = State.Size;
                return ChunkStep.ChunkEnd;

            case State.Trailer when value == '\r':
                _state = State.TrailerEnd;
                return ChunkStep.NeedMoreData;

            case State.Trailer:
                _trailerLineLength++;
                return ChunkStep.NeedMoreData;

            case State.TrailerEnd when value == '\n':
                var isLast = _trailerLineLength == 0;
                _trailerLineLength = 0;
                _state = isLast ? State.Size : State.Trailer;
                return isLast ? ChunkStep.Complete : ChunkStep.NeedMoreData;

            default:
                return ChunkStep.Malformed;
        }
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
