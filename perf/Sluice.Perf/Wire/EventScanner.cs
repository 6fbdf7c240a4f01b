using System.Runtime.CompilerServices;

namespace Sluice.Perf.Wire;

/// <summary>
/// Counts server-sent events in a body that arrives in pieces, and tells content from the rest by the first bytes of
/// each event. An event ends with an empty line; lines end with LF, as all providers and the provider double write
/// them.
/// </summary>
internal struct EventScanner
{
    private const int OpeningBytes = 40;

    private Opening _opening;
    private int _openingLength;
    private bool _lastWasLineEnd;

    /// <summary>Events that have ended.</summary>
    public int Events { get; private set; }

    /// <summary>Those that carry a part of the answer.</summary>
    public int ContentEvents { get; private set; }

    /// <summary>Whether the stream stands between two events.</summary>
    public readonly bool IsBetweenEvents => _openingLength == 0;

    /// <summary>Takes the next bytes of the body.</summary>
    public void Read(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var length = EventLength(data);
            if (length < 0)
            {
                KeepOpening(data);
                _lastWasLineEnd = data[^1] == '\n';
                return;
            }

            KeepOpening(data[..length]);
            EndEvent();
            data = data[length..];
        }
    }

    /// <summary>The bytes up to the end of the current event, or -1.</summary>
    private readonly int EventLength(ReadOnlySpan<byte> data)
    {
        if (_lastWasLineEnd && data[0] == '\n')
        {
            return 1;
        }

        var end = data.IndexOf("\n\n"u8);
        return end < 0 ? -1 : end + 2;
    }

    private void EndEvent()
    {
        Span<byte> opening = _opening;
        Events++;
        if (IsContent(opening[.._openingLength]))
        {
            ContentEvents++;
        }

        _openingLength = 0;
        _lastWasLineEnd = false;
    }

    /// <summary>
    /// Anthropic names its events, and only <c>content_block_delta</c> carries text; OpenAI's have no name, and all
    /// but the closing <c>[DONE]</c> do.
    /// </summary>
    private static bool IsContent(ReadOnlySpan<byte> opening) =>
        opening.StartsWith("event:"u8)
            ? opening[6..].TrimStart((byte)' ').StartsWith("content_block_delta\n"u8)
            : opening.StartsWith("data:"u8) && !opening[5..].TrimStart((byte)' ').StartsWith("[DONE]"u8);

    private void KeepOpening(ReadOnlySpan<byte> data)
    {
        var count = Math.Min(OpeningBytes - _openingLength, data.Length);
        Span<byte> opening = _opening;
        data[..count].CopyTo(opening[_openingLength..]);
        _openingLength += count;
    }

    [InlineArray(OpeningBytes)]
    private struct Opening
    {
        private byte _first;
    }
}
