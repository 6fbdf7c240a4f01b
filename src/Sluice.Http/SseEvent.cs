namespace Sluice.Http;

/// <summary>
/// One event of an event stream (WHATWG HTML, section 9.2). The bytes are those of the stream: UTF-8 that is not
/// checked, so an invalid sequence is handed on as it came.
/// </summary>
public readonly ref struct SseEvent
{
    internal SseEvent(
        ReadOnlySpan<byte> type, ReadOnlySpan<byte> data, ReadOnlySpan<byte> lastEventId, long start, long end)
    {
        Type = type;
        Data = data;
        LastEventId = lastEventId;
        Start = start;
        End = end;
    }

    /// <summary>The value of the last <c>event</c> field; <c>message</c> if there is none or it is empty.</summary>
    public ReadOnlySpan<byte> Type { get; }

    /// <summary>The values of the <c>data</c> fields, joined with LF. May be empty.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>The value of the last <c>id</c> field of the stream so far, of this event or an earlier one; may be
    /// empty.</summary>
    public ReadOnlySpan<byte> LastEventId { get; }

    /// <summary>Offset in the stream, in bytes, of the first byte of the event's first line, which may be a
    /// comment.</summary>
    public long Start { get; }

    /// <summary>
    /// Offset in the stream, in bytes, just after the byte that completed the event. Where CRLF ends the empty line
    /// that byte is the CR: the event is complete without the LF, and the offset must not depend on how the bytes
    /// were cut into pushes.
    /// </summary>
    public long End { get; }
}
