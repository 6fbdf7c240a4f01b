using System.Text.Json;
using Sluice.Http;

namespace Sluice.Proxy.Accounting;

/// <summary>
/// Understands the events of a stream as far as time to first token and a proper end need it. The protocol is told by
/// the events alone: every provider has endpoints that speak the format of another. Reads no more of an event than it
/// must.
/// </summary>
/// <remarks>
/// <code>
/// event name or "type" known       Anthropic, Responses, Cohere    content in "delta", end by name
/// "choices"                        OpenAI chat and completions     content in it, end is [DONE]
/// "candidates"                     Gemini                          content and "finishReason" in it
/// "response" is a string           Workers AI                      content in it, end is [DONE]
/// </code>
/// </remarks>
internal struct StreamEventReader : ISseHandler
{
    // Broken JSON costs an exception, about 15 us; a stream of nothing else must not keep the consumer for seconds.
    private const int BrokenEventsMax = 64;

    private int _brokenEvents;
    private bool _isKnown;
    private bool _isAtEnd;

    /// <summary>Whether the stream reached its protocol's end.</summary>
    public readonly StreamEnd End =>
        _isAtEnd ? StreamEnd.Reached
        : _isKnown && _brokenEvents < BrokenEventsMax ? StreamEnd.Missing
        : StreamEnd.Unknown;

    /// <summary>Whether there was an error event.</summary>
    public bool HasError { get; private set; }

    /// <summary>Bytes up to the end of the first event with content; null before it.</summary>
    public long? FirstContentOffset { get; private set; }

    /// <inheritdoc/>
    public void OnEvent(in SseEvent e)
    {
        if (_isAtEnd || _brokenEvents == BrokenEventsMax)
        {
            return;
        }

        if (e.Data.Trim((byte)' ').SequenceEqual("[DONE]"u8))
        {
            _isAtEnd = true;
            return;
        }

        try
        {
            var kind = StreamEventNames.KindOf(e.Type);
            if (kind == StreamEventKind.Unknown)
            {
                TakeUnnamed(e);
            }
            else
            {
                TakeNamed(kind, e);
            }
        }
        catch (JsonException)
        {
            _brokenEvents++;
        }
    }

    private void TakeNamed(StreamEventKind kind, in SseEvent e)
    {
        _isKnown = true;
        _isAtEnd = kind is StreamEventKind.End or StreamEventKind.FailedEnd;
        HasError |= kind is StreamEventKind.Error or StreamEventKind.FailedEnd;
        if (kind == StreamEventKind.Delta && FirstContentOffset is null && StreamContent.IsInDelta(e.Data))
        {
            FirstContentOffset = e.End;
        }
    }

    private void TakeUnnamed(in SseEvent e)
    {
        if ((FirstContentOffset is not null && !MayEndOrFail(e.Data)) || !StreamContent.TryOpen(e.Data, out var json))
        {
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
            {
                var kind = json.Read() && json.TokenType == JsonTokenType.String
                    ? StreamEventNames.KindOf(json.ValueSpan)
                    : StreamEventKind.Unknown;
                if (kind != StreamEventKind.Unknown)
                {
                    TakeNamed(kind, e);
                    return;
                }
            }
            else if (json.ValueTextEquals("choices"u8))
            {
                _isKnown = true;
                TakeContent(StreamContent.ReadValue(ref json), e);
            }
            else if (json.ValueTextEquals("candidates"u8))
            {
                _isKnown = true;
                var traits = StreamContent.ReadValue(ref json);
                TakeContent(traits, e);
                _isAtEnd |= traits.HasFlag(ContentTraits.FinishReason);
            }
            else if (json.ValueTextEquals("response"u8))
            {
                var isText = json.Read() && StreamContent.IsText(json);
                TakeContent(isText ? ContentTraits.Content : ContentTraits.None, e);
            }
            else if (json.ValueTextEquals("error"u8))
            {
                if (json.Read() && json.TokenType != JsonTokenType.Null)
                {
                    _isKnown = HasError = true;
                }
            }

            if (!json.TrySkip())
            {
                return;
            }
        }
    }

    // Most events come after the first content and say nothing more about the stream; three searches cost a tenth of
    // reading the JSON. Nobody writes these names with escapes.
    private static bool MayEndOrFail(ReadOnlySpan<byte> data) =>
        data.IndexOf("\"type\""u8) >= 0
        || data.IndexOf("\"finishReason\""u8) >= 0
        || data.IndexOf("\"error\""u8) >= 0;

    private void TakeContent(ContentTraits traits, in SseEvent e)
    {
        if (traits.HasFlag(ContentTraits.Content))
        {
            FirstContentOffset ??= e.End;
        }
    }
}
