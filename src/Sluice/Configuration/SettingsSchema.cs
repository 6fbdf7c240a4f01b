using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.Configuration;

/// <summary>
/// Compares a tree with the shape of the settings records: names of fields and kinds of values. What does not fit is
/// reported and taken out, so that the rest can still be checked.
/// </summary>
internal static class SettingsSchema
{
    /// <summary>The shape of the settings as a whole.</summary>
    public static JsonTypeInfo Root => SettingsJson.Default.SluiceSettings;

    /// <summary>The shape of a type that occurs in the settings.</summary>
    public static JsonTypeInfo ShapeOf(Type type) => SettingsJson.Default.GetTypeInfo(type)!;

    /// <summary>Checks a tree and takes out what does not fit.</summary>
    public static void Check(SettingsNode root, SettingsErrors errors) =>
        CheckMembers(root, Root, SettingPath.Root, errors);

    /// <summary>The names that settings of an enum type take.</summary>
    public static IReadOnlyList<string> NamesOf(Type enumType)
    {
        var shape = ShapeOf(enumType);
        return [.. Enum.GetValuesAsUnderlyingType(enumType).Cast<object>()
            .Select(value => JsonSerializer.SerializeToElement(Enum.ToObject(enumType, value), shape).GetString()!)];
    }

    private static void CheckMembers(SettingsNode node, JsonTypeInfo shape, SettingPath path, SettingsErrors errors)
    {
        foreach (var (name, member) in node.Members.ToArray())
        {
            var memberPath = path.Member(name);
            var property = shape.Properties.FirstOrDefault(property => property.Name == name);
            var problem = property is null
                ? "is not a setting" + Suggestion.For(name, shape.Properties.Select(known => known.Name))
                : member.Kind == JsonValueKind.Null && property.IsSetNullable
                    ? null
                    : Check(member, property.PropertyType, memberPath, errors);
            if (problem is not null)
            {
                errors.Refuse(memberPath, member, problem);
                node.Members.Remove(name);
            }
        }
    }

    /// <returns>
    /// Why the node does not fit, or null if it does; what is wrong below it has been reported by then.
    /// </returns>
    private static string? Check(SettingsNode node, Type type, SettingPath path, SettingsErrors errors)
    {
        var shape = ShapeOf(type);
        switch (shape.Kind)
        {
            case JsonTypeInfoKind.Object:
                if (node.Kind != JsonValueKind.Object)
                {
                    return "must be a group of settings: { ... }";
                }

                CheckMembers(node, shape, path, errors);
                return null;
            case JsonTypeInfoKind.Dictionary:
                return CheckEntries(node, shape, path, errors);
            case JsonTypeInfoKind.Enumerable:
                return CheckItems(node, shape, path, errors);
            default:
                return CheckValue(node, Nullable.GetUnderlyingType(type) ?? type);
        }
    }

    private static string? CheckEntries(SettingsNode node, JsonTypeInfo shape, SettingPath path, SettingsErrors errors)
    {
        if (node.Kind != JsonValueKind.Object)
        {
            return "must be a map from names to groups of settings: { \"name\": { ... } }";
        }

        foreach (var (name, member) in node.Members.ToArray())
        {
            if (Check(member, shape.ElementType!, path.Member(name), errors) is { } problem)
            {
                errors.Refuse(path.Member(name), member, problem);
                node.Members.Remove(name);
            }
        }

        return null;
    }

    private static string? CheckItems(SettingsNode node, JsonTypeInfo shape, SettingPath path, SettingsErrors errors)
    {
        if (node.Kind != JsonValueKind.Array)
        {
            return "must be a list: [ ... ]";
        }

        for (var index = 0; index < node.Items.Count; index++)
        {
            var item = node.Items[index];
            if (Check(item, shape.ElementType!, path.Item(index), errors) is { } problem)
            {
                // Taking one element out would move those behind it, and their errors would name the wrong ones.
                errors.Refuse(path.Item(index), item, problem);
                node.Items[index] = Empty(shape.ElementType!, item);
            }
        }

        return null;
    }

    /// <summary>Why a value is not of a type that has nothing below it, or null if it is.</summary>
    public static string? CheckValue(SettingsNode node, Type type)
    {
        if (type == typeof(string))
        {
            return node.Kind == JsonValueKind.String ? null : "must be a text in quotation marks";
        }

        if (type == typeof(bool))
        {
            return node.Kind is JsonValueKind.True or JsonValueKind.False
                ? null
                : "must be true or false" + Unquoted(node);
        }

        if (type.IsEnum)
        {
            var names = NamesOf(type);
            return node.Kind == JsonValueKind.String && names.Contains(node.Text)
                ? null
                : "must be one of " + string.Join(", ", names.Select(name => $"\"{name}\""));
        }

        return CheckNumber(node, type);
    }

    private static string? CheckNumber(SettingsNode node, Type type)
    {
        if (node.Kind != JsonValueKind.Number)
        {
            return "must be a whole number" + Unquoted(node);
        }

        const NumberStyles Digits = NumberStyles.AllowLeadingSign;
        if (!long.TryParse(node.Text, Digits, CultureInfo.InvariantCulture, out var value))
        {
            return "must be a whole number";
        }

        var isInRange = type == typeof(long) || value is >= int.MinValue and <= int.MaxValue;
        return isInRange ? null : $"must be between {int.MinValue} and {int.MaxValue}";
    }

    private static string Unquoted(SettingsNode node) =>
        node is { Kind: JsonValueKind.String, Line: > 0 } ? ", without quotation marks" : "";

    // Stands in for an element that has been refused; nothing that is said of it is reported.
    private static SettingsNode Empty(Type type, SettingsNode refused) =>
        new(type == typeof(string) ? JsonValueKind.String : JsonValueKind.Object, refused.Source, refused.Line);
}
