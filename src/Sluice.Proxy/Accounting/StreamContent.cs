using System.Text.Json;

namespace Sluice.Proxy.Accounting;

/// <summary>
/// Finds the parts of an answer in the JSON of an event: non-empty strings under the names that the protocols have for
/// text, thinking and the arguments of a tool call. Roles, ids, names of tools and signatures are no content. JSON that
/// ends early is read as far as it goes; other faults are a <see cref="JsonException"/>.
/// </summary>
internal static class StreamContent
{
    /// <summary>Begins to read an object.</summary>
    /// <returns>False where the bytes do not begin one: text that is no JSON costs no exception.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> data, out Utf8JsonReader json)
    {
        // Not the final block: a cut event is then no fault.
        json = new Utf8JsonReader(data, isFinalBlock: false, state: default);
        return !data.IsEmpty && data.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] && json.Read();
    }

    /// <summary>Whether an event has content in its <c>delta</c>, which is a string or an object.</summary>
    public static bool IsInDelta(ReadOnlySpan<byte> data)
    {
        if (!TryOpen(data, out var json))
        {
            return false;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("delta"u8))
            {
                return ReadValue(ref json).HasFlag(ContentTraits.Content);
            }

            if (!json.TrySkip())
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Reads the value of the property whose name was just read, to its end.</summary>
    public static ContentTraits ReadValue(ref Utf8JsonReader json)
    {
        if (!json.Read())
        {
            return ContentTraits.None;
        }

        if (json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return IsText(json) ? ContentTraits.Content : ContentTraits.None;
        }

        var traits = ContentTraits.None;
        var depth = json.CurrentDepth;
        while (json.Read() && json.CurrentDepth > depth)
        {
            if (json.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            // Gemini sends the arguments of a tool call whole, as an object.
            var isToolCall = json.ValueTextEquals("functionCall"u8);
            var trait = isToolCall ? ContentTraits.Content : TraitOf(json);
            if (!json.Read())
            {
                break;
            }

            if (IsText(json) || (isToolCall && json.TokenType == JsonTokenType.StartObject))
            {
                traits |= trait;
            }
        }

        return traits;
    }

    /// <summary>Whether the token just read is a string that is not empty.</summary>
    public static bool IsText(in Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String && !json.ValueSpan.IsEmpty;

    private static ContentTraits TraitOf(in Utf8JsonReader name) =>
        name.ValueTextEquals("text"u8)
        || name.ValueTextEquals("content"u8)
        || name.ValueTextEquals("thinking"u8)
        || name.ValueTextEquals("reasoning"u8)
        || name.ValueTextEquals("reasoning_content"u8)
        || name.ValueTextEquals("refusal"u8)
        || name.ValueTextEquals("partial_json"u8)
        || name.ValueTextEquals("arguments"u8)
        || name.ValueTextEquals("input"u8)
        || name.ValueTextEquals("tool_plan"u8) ? ContentTraits.Content
        : name.ValueTextEquals("finishReason"u8) ? ContentTraits.FinishReason
        : ContentTraits.None;
}
