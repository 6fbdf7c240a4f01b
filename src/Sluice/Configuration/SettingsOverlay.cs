using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.Configuration;

/// <summary>Puts single values from the environment or the command line over a tree.</summary>
/// <param name="root">The tree; it is changed.</param>
/// <param name="errors">Is told of values that do not fit.</param>
internal sealed class SettingsOverlay(SettingsNode root, SettingsErrors errors)
{
    /// <summary>Sets one value.</summary>
    /// <param name="source">The variable or option, for messages.</param>
    /// <param name="levels">The names and positions that lead to the setting, in any case.</param>
    /// <param name="value">The value as text; lists are comma-separated.</param>
    /// <returns>Null, or why there is no such setting.</returns>
    public string? Set(string source, ReadOnlySpan<string> levels, string value)
    {
        var node = root;
        var type = typeof(SluiceSettings);
        var path = SettingPath.Root;

        // Levels that are not there yet become part of the tree only once the value turns out to fit.
        var missing = new Stack<(SettingsNode Parent, Step Step, SettingsNode Node)>();
        for (var depth = 0; ; depth++)
        {
            if (!TryStep(node, type, levels[depth], path, out var step))
            {
                return step.Problem;
            }

            path = step.Path;
            type = step.Type;
            var isLast = depth == levels.Length - 1;
            var next = isLast ? CreateValue(type, value, source, path)
                : step.Existing?.Kind is JsonValueKind.Object or JsonValueKind.Array ? step.Existing
                : CreateContainer(type, source);
            if (next is null)
            {
                return isLast ? null : $"\"{path}\" is a single value and has nothing below it";
            }

            if (next != step.Existing)
            {
                missing.Push((node, step, next));
            }

            if (isLast)
            {
                break;
            }

            node = next;
        }

        foreach (var (parent, step, child) in missing)
        {
            Put(parent, step, child);
        }

        return null;
    }

    private static bool TryStep(SettingsNode node, Type type, string level, SettingPath path, out Step step)
    {
        var shape = SettingsSchema.ShapeOf(type);
        switch (shape.Kind)
        {
            case JsonTypeInfoKind.Object:
                var property = shape.Properties.FirstOrDefault(
                    candidate => candidate.Name.Equals(level, StringComparison.OrdinalIgnoreCase));
                if (property is null)
                {
                    var known = shape.Properties.Select(candidate => candidate.Name.ToUpperInvariant());
                    step = new Step { Problem = $"\"{level}\" is not a setting" + Suggestion.For(level, known) };
                    return false;
                }

                step = Member(node, property.Name, property.PropertyType, path);
                return true;
            case JsonTypeInfoKind.Dictionary:
                // Slugs are in lower case, and have dashes where the name of a variable can only have underscores.
                var slug = level.ToLowerInvariant();
                slug = node.Member(slug) is null ? slug.Replace('_', '-') : slug;
                step = Member(node, slug, shape.ElementType!, path);
                return true;
            case JsonTypeInfoKind.Enumerable:
                return TryStepToItem(node, shape.ElementType!, level, path, out step);
            default:
                step = new Step { Problem = $"\"{path}\" is a single value and has nothing below it" };
                return false;
        }
    }

    private static Step Member(SettingsNode node, string name, Type type, SettingPath path) =>
        new() { Name = name, Type = type, Path = path.Member(name), Existing = node.Member(name) };

    private static bool TryStepToItem(SettingsNode node, Type type, string level, SettingPath path, out Step step)
    {
        if (!int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            step = new Step { Problem = $"\"{path}\" is a list: \"{level}\" must be a position, counted from 0" };
            return false;
        }

        if (index > node.Items.Count)
        {
            var problem = $"\"{path}\" has {node.Items.Count} elements so far: position {index} leaves a gap";
            step = new Step { Problem = problem };
            return false;
        }

        step = new Step { Index = index, Type = type, Path = path.Item(index), Existing = node.Item(index) };
        return true;
    }

    private static void Put(SettingsNode parent, Step step, SettingsNode value)
    {
        if (step.Name is not null)
        {
            parent.Members[step.Name] = value;
        }
        else if (step.Existing is null)
        {
            parent.Items.Add(value);
        }
        else
        {
            parent.Items[step.Index] = value;
        }
    }

    private static SettingsNode? CreateContainer(Type type, string source) => SettingsSchema.ShapeOf(type).Kind switch
    {
        JsonTypeInfoKind.Enumerable => new SettingsNode(JsonValueKind.Array, source, 0),
        JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => new SettingsNode(JsonValueKind.Object, source, 0),
        _ => null,
    };

    private SettingsNode? CreateValue(Type type, string text, string source, SettingPath path)
    {
        var shape = SettingsSchema.ShapeOf(type);
        if (shape.Kind == JsonTypeInfoKind.Enumerable && shape.ElementType == typeof(string))
        {
            var list = new SettingsNode(JsonValueKind.Array, source, 0);
            list.Items.AddRange(text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(item => new SettingsNode(JsonValueKind.String, source, 0) { Text = item }));
            return list;
        }

        if (shape.Kind != JsonTypeInfoKind.None)
        {
            errors.Add(
                source,
                0,
                path.ToString(),
                "is a group of settings: give the name of one of them behind two underscores");
            return null;
        }

        var plain = Nullable.GetUnderlyingType(type) ?? type;
        var name = plain.IsEnum
            ? SettingsSchema.NamesOf(plain).FirstOrDefault(
                name => name.Equals(text, StringComparison.OrdinalIgnoreCase))
            : null;
        var node = new SettingsNode(KindOf(plain, text), source, 0) { Text = name ?? text };
        if (SettingsSchema.CheckValue(node, plain) is { } problem)
        {
            errors.Refuse(path, node, problem);
            return null;
        }

        return node;
    }

    // A value that does not look like its kind stays a text, and the check then says what it must be.
    private static JsonValueKind KindOf(Type type, string text)
    {
        if (type == typeof(bool))
        {
            return bool.TryParse(text, out var value)
                ? value ? JsonValueKind.True : JsonValueKind.False
                : JsonValueKind.String;
        }

        var isNumber = type != typeof(string) && !type.IsEnum
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        return isNumber ? JsonValueKind.Number : JsonValueKind.String;
    }

    /// <summary>One level down: a field by name, or an element by position.</summary>
    private readonly struct Step
    {
        public string? Name { get; init; }

        public int Index { get; init; }

        public Type Type { get; init; }

        public SettingPath Path { get; init; }

        public SettingsNode? Existing { get; init; }

        public string? Problem { get; init; }
    }
}
