namespace Sluice.Proxy.Accounting;

/// <summary>
/// The names that events have, as <c>event</c> field or as <c>type</c> in their JSON. No two protocols use one name for
/// different things, so a name is enough to tell the protocol.
/// </summary>
internal static class StreamEventNames
{
    /// <summary>What a name means.</summary>
    public static StreamEventKind KindOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("error"u8))
        {
            return StreamEventKind.Error;
        }

        if (name.StartsWith("response."u8))
        {
            return KindOfResponses(name);
        }

        var kind = KindOfAnthropic(name);
        return kind == StreamEventKind.Unknown ? KindOfCohere(name) : kind;
    }

    private static StreamEventKind KindOfResponses(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith(".delta"u8))
        {
            return StreamEventKind.Delta;
        }

        if (name.SequenceEqual("response.completed"u8) || name.SequenceEqual("response.incomplete"u8))
        {
            return StreamEventKind.End;
        }

        return name.SequenceEqual("response.failed"u8) ? StreamEventKind.FailedEnd : StreamEventKind.Progress;
    }

    // Not ping: it is no sign of this protocol, many streams have events of that name.
    private static StreamEventKind KindOfAnthropic(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("content_block_delta"u8))
        {
            return StreamEventKind.Delta;
        }

        if (name.SequenceEqual("message_stop"u8))
        {
            return StreamEventKind.End;
        }

        return name.SequenceEqual("message_start"u8)
            || name.SequenceEqual("message_delta"u8)
            || name.SequenceEqual("content_block_start"u8)
            || name.SequenceEqual("content_block_stop"u8)
            ? StreamEventKind.Progress
            : StreamEventKind.Unknown;
    }

    private static StreamEventKind KindOfCohere(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("content-delta"u8)
            || name.SequenceEqual("tool-plan-delta"u8)
            || name.SequenceEqual("tool-call-delta"u8))
        {
            return StreamEventKind.Delta;
        }

        if (name.SequenceEqual("message-end"u8))
        {
            return StreamEventKind.End;
        }

        return name.SequenceEqual("message-start"u8)
            || name.SequenceEqual("content-start"u8)
            || name.SequenceEqual("content-end"u8)
            || name.SequenceEqual("tool-call-start"u8)
            || name.SequenceEqual("tool-call-end"u8)
            ? StreamEventKind.Progress
            : StreamEventKind.Unknown;
    }
}
