using System.Buffers;
using System.Diagnostics;

namespace Sluice.Http;

/// <summary>How a step of a <see cref="BodyTransfer"/> ended.</summary>
public enum TransferStatus
{
    /// <summary>All input was passed on; the body goes on.</summary>
    NeedMoreData,

    /// <summary>The body is whole and its end was passed on.</summary>
    Complete,

    /// <summary>
    /// The input breaks its framing. What came before it was passed on; the message can only be cut off.
    /// </summary>
    Invalid,

    /// <summary>The body is longer than its limit.</summary>
    TooLong,
}

/// <summary>
/// Passes one body from its source framing to its destination framing as the bytes come, holding nothing back: a chunk
/// whose head has arrived is announced downstream with the same size before its data is there, so that chunk boundaries
/// stay as they were and no byte waits for the next. Reused for one body after another; not thread-safe.
/// </summary>
public sealed class BodyTransfer
{
    private readonly ChunkedDecoder _decoder = new();
    private BodyKind _kind;
    private bool _chunkedDestination;
    private long _remaining;
    private long _limit;

    /// <summary>Bytes of the body so far, without framing.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>Whether the end of the body was reached.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Why the last step was <see cref="TransferStatus.Invalid"/>.</summary>
    public ParseError Error => _decoder.Error;

    /// <summary>Begins a body.</summary>
    /// <param name="source">How the body arrives.</param>
    /// <param name="chunkedDestination">
    /// Whether it leaves in chunks; otherwise its bytes leave as they are, and the length or the end of the connection
    /// frames them.
    /// </param>
    /// <param name="limit">The most bytes that the body may have.</param>
    public void Start(BodyFraming source, bool chunkedDestination, long limit = long.MaxValue)
    {
        Debug.Assert(!chunkedDestination || source.Kind is BodyKind.Chunked or BodyKind.UntilClose);
        _decoder.Reset();
        _kind = source.Kind;
        _chunkedDestination = chunkedDestination;
        _remaining = source.Length;
        _limit = limit;
        BodyBytes = 0;
        IsComplete = source.Kind == BodyKind.None || source is { Kind: BodyKind.ContentLength, Length: 0 };
    }

    /// <summary>Gives back what is held for the body.</summary>
    public void Reset() => Start(BodyFraming.None, chunkedDestination: false);

    /// <summary>Passes on what has arrived.</summary>
    /// <param name="input">The bytes that follow those consumed before.</param>
    /// <param name="output">Where to; flushing is the caller's.</param>
    /// <param name="sink">Sees the body's bytes.</param>
    /// <param name="consumed">Bytes of the input that are done with.</param>
    public TransferStatus Transfer<TSink>(
        in ReadOnlySequence<byte> input, IBufferWriter<byte> output, ref TSink sink, out long consumed)
        where TSink : IBodySink, allows ref struct
    {
        consumed = 0;
        var status = IsComplete ? TransferStatus.Complete : TransferStatus.NeedMoreData;
        if (input.IsSingleSegment)
        {
            return status == TransferStatus.NeedMoreData
                ? TransferSpan(input.FirstSpan, output, ref sink, ref consumed)
                : status;
        }

        foreach (var segment in input)
        {
            if (status != TransferStatus.NeedMoreData)
            {
                break;
            }

            status = TransferSpan(segment.Span, output, ref sink, ref consumed);
        }

        return status;
    }

    /// <summary>Ends a body that ends with the connection.</summary>
    /// <returns>False where the body has another framing and is cut off by the end of the connection.</returns>
    public bool TryEndAtClose(IBufferWriter<byte> output)
    {
        if (_kind == BodyKind.UntilClose && !IsComplete)
        {
            IsComplete = true;
            if (_chunkedDestination)
            {
                ChunkedEncoder.WriteLast(output, default);
            }
        }

        return IsComplete;
    }

    private TransferStatus TransferSpan<TSink>(
        ReadOnlySpan<byte> input, IBufferWriter<byte> output, ref TSink sink, ref long consumed)
        where TSink : IBodySink, allows ref struct
    {
        if (_kind == BodyKind.Chunked)
        {
            return TransferChunked(input, output, ref sink, ref consumed);
        }

        if (_kind == BodyKind.ContentLength && input.Length > _remaining)
        {
            input = input[..(int)_remaining];
        }

        if (input.Length > _limit - BodyBytes)
        {
            return TransferStatus.TooLong;
        }

        if (input.Length > 0)
        {
            consumed += input.Length;
            PassOn(input, output, ref sink);
        }

        if (_kind == BodyKind.ContentLength)
        {
            _remaining -= input.Length;
            IsComplete = _remaining == 0;
        }

        return IsComplete ? TransferStatus.Complete : TransferStatus.NeedMoreData;
    }

    // Only a body that ends with the connection comes here with a chunked destination: what one read brought is one
    // chunk.
    private void PassOn<TSink>(ReadOnlySpan<byte> data, IBufferWriter<byte> output, ref TSink sink)
        where TSink : IBodySink, allows ref struct
    {
        BodyBytes += data.Length;
        if (_chunkedDestination)
        {
            ChunkedEncoder.WriteStart(output, data.Length);
            output.Write(data);
            ChunkedEncoder.WriteEnd(output);
        }
        else
        {
            output.Write(data);
        }

        sink.OnBody(data);
    }

    private TransferStatus TransferChunked<TSink>(
        ReadOnlySpan<byte> input, IBufferWriter<byte> output, ref TSink sink, ref long consumed)
        where TSink : IBodySink, allows ref struct
    {
        while (true)
        {
            var token = _decoder.Read(input, out var taken, out var data);
            input = input[taken..];
            consumed += taken;
            switch (token)
            {
                case ChunkToken.ChunkStart:
                    if (_decoder.ChunkSize > _limit - BodyBytes)
                    {
                        return TransferStatus.TooLong;
                    }

                    if (_chunkedDestination)
                    {
                        ChunkedEncoder.WriteStart(output, _decoder.ChunkSize);
                    }

                    break;
                case ChunkToken.Data:
                    BodyBytes += data.Length;
                    output.Write(data);
                    sink.OnBody(data);
                    break;
                case ChunkToken.ChunkEnd:
                    if (_chunkedDestination)
                    {
                        ChunkedEncoder.WriteEnd(output);
                    }

                    break;
                case ChunkToken.Complete:
                    IsComplete = true;
                    if (_chunkedDestination)
                    {
                        ChunkedEncoder.WriteLast(output, _decoder.Trailers);
                    }

                    return TransferStatus.Complete;
                case ChunkToken.Invalid:
                    return TransferStatus.Invalid;
                default:
                    return TransferStatus.NeedMoreData;
            }
        }
    }
}
