using System.Buffers;
using System.Diagnostics;

namespace Sluice.Http;

/// <summary>What a <see cref="ChunkedDecoder"/> found.</summary>
public enum ChunkToken
{
    /// <summary>All input is consumed and the body is not at its end.</summary>
    NeedMoreData,

    /// <summary>A chunk begins; <see cref="ChunkedDecoder.ChunkSize"/> has its size.</summary>
    ChunkStart,

    /// <summary>Bytes of the chunk's data.</summary>
    Data,

    /// <summary>The chunk's data and the CRLF after it are consumed.</summary>
    ChunkEnd,

    /// <summary>The body is whole; <see cref="ChunkedDecoder.Trailers"/> has its trailer section.</summary>
    Complete,

    /// <summary>
    /// The input is not a chunked body, and no later input makes it one; <see cref="ChunkedDecoder.Error"/> says why.
    /// </summary>
    Invalid,
}

/// <summary>
/// Decodes the chunked transfer coding (RFC 9112, 7.1) from input that may be split anywhere, in place: data is
/// reported as ranges of the input. Strict: each line ends in CRLF, sizes are plain hexadecimal, extensions and
/// trailers are bounded and free of control characters. Not thread-safe.
/// </summary>
/// <remarks>
/// <code>
/// Size -> [SizeSpace] -> [Extension] -> SizeLineFeed -> Data -> DataEnd -> DataLineFeed -> Size ...
///                                            | size 0
///                                            v
///                                        TrailerStart -> TrailerLine -> TrailerLineFeed -> TrailerStart ...
///                                            '-> LastLineFeed -> Done
/// </code>
/// </remarks>
public sealed class ChunkedDecoder
{
    /// <summary>Bytes that the extensions of one chunk may have; no known sender uses any.</summary>
    public const int ExtensionBytesMax = 1024;

    /// <summary>Bytes that a trailer section may have.</summary>
    public const int TrailerBytesMax = 8 * 1024;

    // 15 digits are 60 bits, so that a size never overflows a signed 64-bit number.
    private const int SizeDigitsMax = 15;

    private State _state;
    private long _remaining;
    private int _count;
    private byte[]? _trailers;
    private int _trailerLength;
    private int _trailerLineStart;

    private enum State : byte
    {
        Size,
        SizeSpace,
        Extension,
        SizeLineFeed,
        Data,
        DataEnd,
        DataLineFeed,
        TrailerStart,
        TrailerLine,
        TrailerLineFeed,
        LastLineFeed,
        Done,
    }

    /// <summary>The size in bytes of the chunk that began last.</summary>
    public long ChunkSize { get; private set; }

    /// <summary>Why the last token was <see cref="ChunkToken.Invalid"/>.</summary>
    public ParseError Error { get; private set; }

    /// <summary>The trailer section as received, each line with its CRLF, without the closing empty line.</summary>
    public ReadOnlySpan<byte> Trailers => _trailers.AsSpan(0, _trailerLength);

    /// <summary>Makes the decoder ready for another body and gives its buffer back.</summary>
    public void Reset()
    {
        if (_trailers is { } trailers)
        {
            _trailers = null;
            ArrayPool<byte>.Shared.Return(trailers);
        }

        _state = State.Size;
        _remaining = 0;
        _count = 0;
        _trailerLength = 0;
        _trailerLineStart = 0;
        ChunkSize = 0;
        Error = ParseError.None;
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="input">The bytes that follow those consumed before.</param>
    /// <param name="consumed">Bytes of the input that are done with.</param>
    /// <param name="data">For <see cref="ChunkToken.Data"/>, the data, which is part of the consumed input.</param>
    public ChunkToken Read(ReadOnlySpan<byte> input, out int consumed, out ReadOnlySpan<byte> data)
    {
        data = default;
        consumed = 0;
        if (Error != ParseError.None)
        {
            return ChunkToken.Invalid;
        }

        while (consumed < input.Length)
        {
            if (_state == State.Data)
            {
                data = input[consumed..];
                if (data.Length > _remaining)
                {
                    data = data[..(int)_remaining];
                }

                consumed += data.Length;
                _remaining -= data.Length;
                _state = _remaining == 0 ? State.DataEnd : State.Data;
                return ChunkToken.Data;
            }

            var token = TakeByte(input[consumed]);
            if (token == ChunkToken.Invalid)
            {
                return token;
            }

            consumed++;
            if (token != ChunkToken.NeedMoreData)
            {
                return token;
            }
        }

        return ChunkToken.NeedMoreData;
    }

    private ChunkToken TakeByte(byte b) => _state switch
    {
        State.Size => TakeSizeByte(b),
        State.SizeSpace => b switch
        {
            (byte)' ' or (byte)'\t' when ++_count <= ExtensionBytesMax => ChunkToken.NeedMoreData,
            (byte)';' => Go(State.Extension),
            _ => Fail(ParseError.InvalidChunkSize),
        },
        State.Extension => TakeExtensionByte(b),
        State.SizeLineFeed => b == '\n' ? StartChunk() : Fail(ParseError.BareCarriageReturn),
        State.DataEnd => b == '\r' ? Go(State.DataLineFeed) : Fail(ParseError.InvalidChunkEnd),
        State.DataLineFeed => b == '\n' ? EndChunk() : Fail(ParseError.InvalidChunkEnd),
        State.TrailerStart => b == '\r' ? Go(State.LastLineFeed) : TakeTrailerByte(b),
        State.TrailerLine => TakeTrailerByte(b),
        State.TrailerLineFeed => b == '\n' ? EndTrailerLine() : Fail(ParseError.InvalidTrailer),
        State.LastLineFeed => b == '\n' ? Finish() : Fail(ParseError.InvalidTrailer),
        _ => throw new UnreachableException(),
    };

    private ChunkToken TakeSizeByte(byte b)
    {
        if (char.IsAsciiHexDigit((char)b))
        {
            if (++_count > SizeDigitsMax)
            {
                return Fail(ParseError.InvalidChunkSize);
            }

            _remaining = (_remaining << 4) + HexValue(b);
            return ChunkToken.NeedMoreData;
        }

        if (_count == 0)
        {
            return Fail(ParseError.InvalidChunkSize);
        }

        _count = 0;
        return b switch
        {
            (byte)'\r' => Go(State.SizeLineFeed),
            (byte)';' => Go(State.Extension),
            // White space is allowed only in front of an extension (RFC 9112, 7.1.1).
            (byte)' ' or (byte)'\t' => Go(State.SizeSpace),
            _ => Fail(ParseError.InvalidChunkSize),
        };
    }

    private ChunkToken TakeExtensionByte(byte b)
    {
        if (b == '\r')
        {
            _count = 0;
            return Go(State.SizeLineFeed);
        }

        return HttpCharacters.Controls.Contains(b) || ++_count > ExtensionBytesMax
            ? Fail(ParseError.InvalidChunkExtension)
            : ChunkToken.NeedMoreData;
    }

    private ChunkToken StartChunk()
    {
        ChunkSize = _remaining;
        if (_remaining == 0)
        {
            return Go(State.TrailerStart);
        }

        _state = State.Data;
        return ChunkToken.ChunkStart;
    }

    private ChunkToken EndChunk()
    {
        _state = State.Size;
        _count = 0;
        return ChunkToken.ChunkEnd;
    }

    private ChunkToken TakeTrailerByte(byte b)
    {
        if (_trailerLength + 2 > TrailerBytesMax)
        {
            return Fail(ParseError.InvalidTrailer);
        }

        _trailers ??= ArrayPool<byte>.Shared.Rent(TrailerBytesMax);
        _trailers[_trailerLength++] = b;
        return Go(b == '\r' ? State.TrailerLineFeed : State.TrailerLine);
    }

    private ChunkToken EndTrailerLine()
    {
        _trailers![_trailerLength++] = (byte)'\n';
        var line = _trailers.AsSpan(_trailerLineStart, _trailerLength - _trailerLineStart - 2);
        _trailerLineStart = _trailerLength;
        if (HeaderLineParser.TryParse(line, 0, out var header) != ParseError.None)
        {
            return Fail(ParseError.InvalidTrailer);
        }

        return TrailerRules.Allows(header.Id, line[..header.NameLength])
            ? Go(State.TrailerStart)
            : Fail(ParseError.InvalidTrailer);
    }

    private ChunkToken Finish()
    {
        _state = State.Done;
        return ChunkToken.Complete;
    }

    private ChunkToken Go(State next)
    {
        _state = next;
        return ChunkToken.NeedMoreData;
    }

    private ChunkToken Fail(ParseError error)
    {
        Error = error;
        return ChunkToken.Invalid;
    }

    private static int HexValue(byte b) => b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
}
