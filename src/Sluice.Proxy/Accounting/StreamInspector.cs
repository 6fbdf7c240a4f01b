using Sluice.Http;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Accounting;

/// <summary>
/// Reads a captured response after its exchange is over: when its first content came, and whether it is whole in the
/// terms of its protocol. One pass over the bytes, in linear time; nothing in them is a fault.
/// </summary>
internal static class StreamInspector
{
    /// <summary>Inspects a body.</summary>
    /// <param name="body">The captured bytes. Compressed ones are not looked into.</param>
    /// <param name="api">What the provider speaks.</param>
    public static StreamFindings Inspect(CaptureBuffer body, ApiFamily api)
    {
        // An event stream of Bedrock begins with the length of its first message, at most 16 MiB, in four bytes.
        if (api == ApiFamily.Bedrock && body.GetBlock(0) is [0, ..])
        {
            return default;
        }

        using var parser = new SseParser();
        var events = default(StreamEventReader);
        for (var index = 0; events.End != StreamEnd.Reached; index++)
        {
            var block = body.GetBlock(index);
            if (block.IsEmpty)
            {
                break;
            }

            parser.Push(block, ref events);
        }

        return new StreamFindings(
            events.End,
            events.HasError,
            events.FirstContentOffset,
            events.FirstContentOffset is { } offset && !body.Marks.IsEmpty ? body.TimestampOf(offset - 1) : null);
    }
}
