using System.Buffers;
using System.Diagnostics;

namespace Sluice.Http;

/// <summary>
/// A message head that is parsed while it arrives, line by line, and kept in one rented buffer, so that it can be read,
/// rewritten and sent again after the connection's own buffers went back. One instance serves one connection for its
/// whole life; not thread-safe.
/// </summary>
/// <remarks>
/// Each byte is looked at once for line ends and once within its line, however the head is split over reads: the
/// position up to which it was searched is remembered, so a client that sends single bytes costs no more than linear
/// time.
/// </remarks>
public abstract class MessageHead : IDisposable
{
    // A head is mostly 0.5 to 2 KB and arrives together with the body; smaller steps would copy less of the body for
    // nothing, larger ones would need fewer rounds.
    private const int CopyStepBytes = 2048;

    private readonly HttpLimits _limits;
    private byte[]? _buffer;
    private int _received;
    private int _searched;
    private int _lineStart;
    private bool _firstLineTaken;

    private protected MessageHead(HttpLimits limits) => _limits = limits;

    /// <summary>The field lines.</summary>
    public HeaderTable Headers { get; } = new();

    /// <summary>The version of the message.</summary>
    public HttpVersion Version { get; private protected set; }

    /// <summary>Why <see cref="Parse"/> answered <see cref="ParseStatus.Invalid"/>.</summary>
    public ParseError Error { get; private protected set; }

    /// <summary>
    /// Bytes of the head with its closing empty line; 0 until it is whole. That many bytes of the input are consumed.
    /// </summary>
    public int Length { get; private set; }

    /// <summary>Whether anything of the message itself has arrived, and not only empty lines in front of it.</summary>
    public bool HasBegun => _firstLineTaken || (_received > _lineStart && _buffer![_lineStart] != '\r');

    /// <summary>The bytes of the head as received, once it is whole.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>Offset of the first byte after the first line; the field lines begin here.</summary>
    internal int FieldsStart { get; private protected set; }

    /// <summary>Bytes in front of the first line that were ignored.</summary>
    private protected int Skipped { get; private set; }

    private protected HttpLimits Limits => _limits;

    /// <summary>
    /// Goes on with the parse.
    /// </summary>
    /// <param name="input">All bytes of the message that have arrived, always from its first byte.</param>
    /// <returns>
    /// <see cref="ParseStatus.Complete"/> when the head is whole; <see cref="Length"/> says how many bytes it took.
    /// </returns>
    public ParseStatus Parse(in ReadOnlySequence<byte> input)
    {
        Debug.Assert(Length == 0 && Error == ParseError.None, "Reset comes before the next head.");

        while (true)
        {
            var status = TakeLines();
            if (status != ParseStatus.NeedMoreData)
            {
                return status;
            }

            // Asked before more is: a step may have gone beyond the limit, and the peer may send nothing after it.
            if (_received >= _limits.HeadBytesMax)
            {
                return Fail(_firstLineTaken ? ParseError.HeadTooLarge : LineTooLongError);
            }

            var missing = input.Length - _received;
            if (missing <= 0)
            {
                return ParseStatus.NeedMoreData;
            }

            Append(input, (int)Math.Min(missing, CopyStepBytes));
        }
    }

    /// <summary>Makes the instance ready for the next head and gives its buffer back.</summary>
    public virtual void Reset()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
            Headers.Attach([]);
        }

        Headers.Clear();
        _received = 0;
        _searched = 0;
        _lineStart = 0;
        _firstLineTaken = false;
        Skipped = 0;
        Length = 0;
        FieldsStart = 0;
        Error = ParseError.None;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reset();
        GC.SuppressFinalize(this);
    }

    /// <summary>The error for a first line that does not end within the limits.</summary>
    private protected abstract ParseError LineTooLongError { get; }

    /// <summary>The largest first line in bytes, without its CRLF.</summary>
    private protected abstract int FirstLineBytesMax { get; }

    /// <summary>Takes the first line.</summary>
    private protected abstract ParseError TakeFirstLine(ReadOnlySpan<byte> line, int offset);

    /// <summary>Looks at the first bytes of a message, before its first line is whole.</summary>
    private protected abstract ParseError CheckStart(ReadOnlySpan<byte> received);

    /// <summary>Checks what can be checked only when the head is whole.</summary>
    private protected abstract ParseError CheckWhole();

    /// <summary>Whether empty lines in front of the first line are passed over.</summary>
    private protected abstract bool SkipsEmptyLines { get; }

    private protected ReadOnlySpan<byte> Slice(int start, int length) => _buffer.AsSpan(start, length);

    private ParseStatus TakeLines()
    {
        while (_searched < _received)
        {
            var found = _buffer.AsSpan(_searched, _received - _searched).IndexOf((byte)'\n');
            if (found < 0)
            {
                _searched = _received;
                return CheckPartialLine();
            }

            var lineFeed = _searched + found;
            _searched = lineFeed + 1;
            if (lineFeed == _lineStart || _buffer![lineFeed - 1] != '\r')
            {
                return Fail(EarlierErrorOr(ParseError.BareLineFeed, lineFeed));
            }

            var start = _lineStart;
            _lineStart = lineFeed + 1;
            if (lineFeed + 1 > _limits.HeadBytesMax)
            {
                return Fail(_firstLineTaken ? ParseError.HeadTooLarge : LineTooLongError);
            }

            var error = TakeLine(start, lineFeed - 1 - start, out var whole);
            if (error != ParseError.None)
            {
                return Fail(error);
            }

            if (whole)
            {
                Length = _lineStart;
                error = CheckWhole();
                return error == ParseError.None ? ParseStatus.Complete : Fail(error);
            }
        }

        return ParseStatus.NeedMoreData;
    }

    private ParseError TakeLine(int start, int length, out bool whole)
    {
        whole = false;
        var line = _buffer.AsSpan(start, length);
        if (!_firstLineTaken)
        {
            // RFC 9112, 2.2: at least one empty line before a request line is ignored. More than two are no mistake.
            if (length == 0 && SkipsEmptyLines && Skipped < 4)
            {
                Skipped += 2;
                return ParseError.None;
            }

            _firstLineTaken = true;
            FieldsStart = _lineStart;
            var startError = CheckStart(line);
            return startError != ParseError.None
                ? startError
                : length > FirstLineBytesMax ? LineTooLongError : TakeFirstLine(line, start);
        }

        if (length == 0)
        {
            whole = true;
            return ParseError.None;
        }

        if (Headers.Count == _limits.HeaderCountMax)
        {
            return ParseError.TooManyHeaders;
        }

        var error = HeaderLineParser.TryParse(line, start, out var header);
        if (error == ParseError.None)
        {
            Headers.Add(header);
        }

        return error;
    }

    private ParseStatus CheckPartialLine()
    {
        if (_firstLineTaken)
        {
            return ParseStatus.NeedMoreData;
        }

        var line = _buffer.AsSpan(_lineStart, _received - _lineStart);
        var error = CheckStart(line);
        if (error == ParseError.None && line.Length > FirstLineBytesMax + 1)
        {
            error = LineTooLongError;
        }

        return error == ParseError.None ? ParseStatus.NeedMoreData : Fail(error);
    }

    // A TLS handshake or an HTTP/2 preface may well hold a line feed; it is named for what it is.
    private ParseError EarlierErrorOr(ParseError error, int lineFeed)
    {
        var start = _firstLineTaken ? ParseError.None : CheckStart(_buffer.AsSpan(_lineStart, lineFeed - _lineStart));
        return start != ParseError.None ? start : error;
    }

    private ParseStatus Fail(ParseError error)
    {
        Error = error;
        return ParseStatus.Invalid;
    }

    private void Append(in ReadOnlySequence<byte> input, int count)
    {
        EnsureCapacity(_received + count);
        input.Slice(_received, count).CopyTo(_buffer.AsSpan(_received));
        _received += count;
    }

    private void EnsureCapacity(int size)
    {
        if (_buffer is not null && _buffer.Length >= size)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, CopyStepBytes));
        if (_buffer is { } old)
        {
            old.AsSpan(0, _received).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(old);
        }

        _buffer = larger;
        Headers.Attach(larger);
    }
}
