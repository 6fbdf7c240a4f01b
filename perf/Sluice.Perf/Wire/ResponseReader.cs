namespace Sluice.Perf.Wire;

/// <summary>
/// Reads the responses of one connection, one after the other, in pieces of any size, and counts what they hold.
/// </summary>
internal sealed class ResponseReader
{
    private readonly HeadBuffer _head = new();
    private ChunkReader _chunks;
    private EventScanner _events;
    private long _remaining;
    private bool _isEventStream;
    private bool _chunkStartedBetweenEvents;
    private int _eventsBeforeChunk;

    public ResponseState State { get; private set; }

    /// <summary>The status code, 0 before the head has arrived.</summary>
    public int Status { get; private set; }

    /// <summary>Body bytes without framing.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>Chunks that carried bytes.</summary>
    public int Chunks { get; private set; }

    /// <summary>Chunks that held exactly one event, whole.</summary>
    public int ChunksOfOneEvent { get; private set; }

    public int Events => _events.Events;

    public int ContentEvents => _events.ContentEvents;

    /// <summary>Whether the body ended between two events, or holds none.</summary>
    public bool IsBetweenEvents => _events.IsBetweenEvents;

    /// <summary>Whether the server lets the connection be used again.</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>Makes ready for the next response.</summary>
    public void Reset()
    {
        _head.Clear();
        _chunks = default;
        _events = default;
        _remaining = 0;
        _isEventStream = false;
        _chunkStartedBetweenEvents = true;
        _eventsBeforeChunk = 0;
        State = ResponseState.Head;
        Status = 0;
        BodyBytes = 0;
        Chunks = 0;
        ChunksOfOneEvent = 0;
        KeepAlive = true;
    }

    /// <summary>Reads up to the end of the response, and returns how many bytes belonged to it.</summary>
    public int Read(ReadOnlySpan<byte> data)
    {
        var rest = data;
        while (!rest.IsEmpty && State is not (ResponseState.Complete or ResponseState.Malformed))
        {
            switch (State)
            {
                case ResponseState.Head:
                    if (_head.TryTake(rest, out var head, out var consumed))
                    {
                        ReadHead(head);
                    }
                    else if (_head.IsTooLong)
                    {
                        State = ResponseState.Malformed;
                    }

                    rest = rest[consumed..];
                    break;

                case ResponseState.FixedBody:
                    var count = (int)Math.Min(_remaining, rest.Length);
                    OnBody(rest[..count]);
                    rest = rest[count..];
                    _remaining -= count;
                    State = _remaining == 0 ? ResponseState.Complete : ResponseState.FixedBody;
                    break;

                default:
                    ReadChunks(ref rest);
                    break;
            }
        }

        return data.Length - rest.Length;
    }

    private void ReadHead(ReadOnlySpan<byte> head)
    {
        var field = new HeaderField(head);
        if (!field.StartLine.StartsWith("HTTP/1.1 "u8) || field.StartLine.Length < 12)
        {
            State = ResponseState.Malformed;
            return;
        }

        var status = (int)HeaderField.ParseNumber(field.StartLine.Slice(9, 3));
        if (status is >= 100 and < 200)
        {
            return;     // an interim response; the final head follows
        }

        Status = status;
        long length = -1;
        var isChunked = false;
        while (field.MoveNext())
        {
            if (field.Is("content-length"u8))
            {
                length = field.Number();
            }
            else if (field.Is("transfer-encoding"u8))
            {
                isChunked = System.Text.Ascii.EqualsIgnoreCase(field.Value, "chunked"u8);
            }
            else if (field.Is("connection"u8))
            {
                KeepAlive = !System.Text.Ascii.EqualsIgnoreCase(field.Value, "close"u8);
            }
            else if (field.Is("content-type"u8))
            {
                _isEventStream = field.Value.StartsWith("text/event-stream"u8);
            }
        }

        BeginBody(isChunked, status is 204 or 304 ? 0 : length);
    }

    private void BeginBody(bool isChunked, long length)
    {
        _remaining = length;
        State = isChunked ? ResponseState.ChunkedBody
            : length > 0 ? ResponseState.FixedBody
            : length == 0 ? ResponseState.Complete
            : ResponseState.Malformed;
    }

    private void ReadChunks(ref ReadOnlySpan<byte> rest)
    {
        switch (_chunks.Read(ref rest, out var payload))
        {
            case ChunkStep.Payload:
                OnBody(payload);
                break;

            case ChunkStep.ChunkEnd:
                OnChunkEnd();
                break;

            case ChunkStep.Complete:
                State = ResponseState.Complete;
                break;

            case ChunkStep.Malformed:
                State = ResponseState.Malformed;
                break;

            default:
                break;
        }
    }

    private void OnBody(ReadOnlySpan<byte> payload)
    {
        BodyBytes += payload.Length;
        if (_isEventStream)
        {
            _events.Read(payload);
        }
    }

    private void OnChunkEnd()
    {
        Chunks++;
        if (_chunkStartedBetweenEvents && _events.IsBetweenEvents && _events.Events == _eventsBeforeChunk + 1)
        {
            ChunksOfOneEvent++;
        }

        _chunkStartedBetweenEvents = _events.IsBetweenEvents;
        _eventsBeforeChunk = _events.Events;
    }
}
