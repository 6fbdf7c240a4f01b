using System.Text;
using Sluice.Perf.Wire;

namespace Sluice.Perf.Upstream;

/// <summary>
/// Reads the requests of one connection, one after the other, in pieces of any size. Of the head it understands the
/// framing and the wanted answer; bodies are counted off and dropped.
/// </summary>
internal sealed class RequestReader(ReplySettings defaults)
{
    private readonly HeadBuffer _head = new();
    private ChunkReader _chunks;
    private long _remaining;
    private bool _expectsContinue;

    public RequestState State { get; private set; }

    /// <summary>The answer that the request asks for.</summary>
    public ReplySettings Reply { get; private set; }

    /// <summary>Whether the connection may be used again.</summary>
    public bool KeepAlive { get; private set; } = true;

    /// <summary>
    /// Whether the client waits for <c>100 Continue</c> before it sends the body; true once per request.
    /// </summary>
    public bool TakeExpectation()
    {
        var expects = _expectsContinue;
        _expectsContinue = false;
        return expects;
    }

    /// <summary>Makes ready for the next request.</summary>
    public void Reset()
    {
        _chunks = default;
        _remaining = 0;
        State = RequestState.Head;
        Reply = defaults;
        KeepAlive = true;
        _expectsContinue = false;
    }

    /// <summary>Reads up to the end of the request, and returns how many bytes belonged to it.</summary>
    public int Read(ReadOnlySpan<byte> data)
    {
        var rest = data;
        while (!rest.IsEmpty && State is not (RequestState.Complete or RequestState.Malformed))
        {
            switch (State)
            {
                case RequestState.Head:
                    if (_head.TryTake(rest, out var head, out var consumed))
                    {
                        ReadHead(head);
                    }
                    else if (_head.IsTooLong)
                    {
                        State = RequestState.Malformed;
                    }

                    rest = rest[consumed..];
                    break;

                case RequestState.FixedBody:
                    var count = (int)Math.Min(_remaining, rest.Length);
                    rest = rest[count..];
                    _remaining -= count;
                    State = _remaining == 0 ? RequestState.Complete : RequestState.FixedBody;
                    break;

                default:
                    State = _chunks.Read(ref rest, out _) switch
                    {
                        ChunkStep.Complete => RequestState.Complete,
                        ChunkStep.Malformed => RequestState.Malformed,
                        _ => RequestState.ChunkedBody,
                    };
                    break;
            }
        }

        return data.Length - rest.Length;
    }

    private void ReadHead(ReadOnlySpan<byte> head)
    {
        var field = new HeaderField(head);
        var targetStart = field.StartLine.IndexOf((byte)' ') + 1;
        var targetEnd = field.StartLine.LastIndexOf(" HTTP/1."u8);
        if (targetStart == 0 || targetEnd <= targetStart)
        {
            State = RequestState.Malformed;
            return;
        }

        var reply = defaults.WithQuery(field.StartLine[targetStart..targetEnd]);
        long length = 0;
        var isChunked = false;
        while (field.MoveNext())
        {
            if (field.Name.Length > 6 && Ascii.EqualsIgnoreCase(field.Name[..6], "x-sim-"u8))
            {
                reply = reply.With(field.Name, field.Value);
            }
            else if (field.Is("content-length"u8))
            {
                length = field.Number();
            }
            else if (field.Is("transfer-encoding"u8))
            {
                isChunked = Ascii.EqualsIgnoreCase(field.Value, "chunked"u8);
            }
            else if (field.Is("connection"u8))
            {
                KeepAlive = !Ascii.EqualsIgnoreCase(field.Value, "close"u8);
            }
            else if (field.Is("expect"u8))
            {
                _expectsContinue = Ascii.EqualsIgnoreCase(field.Value, "100-continue"u8);
            }
        }

        Reply = reply;
        _remaining = length;
        State = isChunked ? RequestState.ChunkedBody
            : length > 0 ? RequestState.FixedBody
            : length == 0 ? RequestState.Complete
            : RequestState.Malformed;
    }
}
