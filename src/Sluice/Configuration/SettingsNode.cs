using System.Text.Json;

namespace Sluice.Configuration;

/// <summary>One value of the settings as it was written, with the place it was written at.</summary>
/// <param name="kind">What it is.</param>
/// <param name="source">The file, variable or option it comes from.</param>
/// <param name="line">The line, from 1; 0 where there is none.</param>
internal sealed class SettingsNode(JsonValueKind kind, string source, int line)
{
    /// <summary>What it is.</summary>
    public JsonValueKind Kind { get; } = kind;

    /// <summary>The file, variable or option it comes from.</summary>
    public string Source { get; } = source;

    /// <summary>The line, from 1; 0 where there is none.</summary>
    public int Line { get; } = line;

    /// <summary>The value of a string; the digits of a number.</summary>
    public string Text { get; init; } = "";

    /// <summary>The fields of an object, in the order they were written.</summary>
    public OrderedDictionary<string, SettingsNode> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>The elements of an array.</summary>
    public List<SettingsNode> Items { get; } = [];

    /// <summary>A field, or null.</summary>
    public SettingsNode? Member(string name) => Members.GetValueOrDefault(name);

    /// <summary>An element, or null.</summary>
    public SettingsNode? Item(int index) => index < Items.Count ? Items[index] : null;

    /// <summary>Writes the value as JSON.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        switch (Kind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var (name, member) in Members)
                {
                    writer.WritePropertyName(name);
                    member.WriteTo(writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in Items)
                {
                    item.WriteTo(writer);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Text);
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(Text);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.WriteBooleanValue(Kind == JsonValueKind.True);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
