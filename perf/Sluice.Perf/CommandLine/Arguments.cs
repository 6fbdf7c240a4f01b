using System.Globalization;

namespace Sluice.Perf.CommandLine;

/// <summary>The options that were given to a command, checked against those it has.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, Option> _options;
    private readonly Dictionary<string, List<string>> _given = [];

    /// <summary>Reads <c>--name value</c>, <c>--name=value</c> and <c>--switch</c>.</summary>
    /// <exception cref="UsageException">An option is unknown, or lacks its value.</exception>
    public Arguments(Command command, ReadOnlySpan<string> words)
    {
        _options = command.Options.ToDictionary(o => o.Name);
        for (var i = 0; i < words.Length; i++)
        {
            var equals = words[i].StartsWith("--", StringComparison.Ordinal) ? words[i].IndexOf('=') : -1;
            var name = equals < 0 ? words[i] : words[i][..equals];
            if (!_options.TryGetValue(name, out var option))
            {
                throw new UsageException(
                    $"'{name}' is not an option of '{command.Name}'. See: Sluice.Perf {command.Name} --help");
            }

            if (option.Value is null && equals >= 0)
            {
                throw new UsageException($"{name} is a switch and takes no value.");
            }

            if (option.Value is not null && equals < 0 && i + 1 == words.Length)
            {
                throw new UsageException($"{name} needs a value: {name} {option.Value}");
            }

            var value = option.Value is null ? "" : equals >= 0 ? words[i][(equals + 1)..] : words[++i];
            if (!_given.TryGetValue(name, out var values))
            {
                _given[name] = values = [];
            }

            values.Add(value);
        }
    }

    /// <summary>Whether the option was given.</summary>
    public bool Has(string name) => _options.ContainsKey(name) && _given.ContainsKey(name);

    /// <summary>The last value given, or the default; null when there is neither.</summary>
    public string? Text(string name) => _given.TryGetValue(name, out var values) ? values[^1] : _options[name].Default;

    /// <summary>The value, where the command cannot do without.</summary>
    public string Required(string name) =>
        Text(name) ?? throw new UsageException($"{name} {_options[name].Value} is missing.");

    /// <summary>All values of an option that may be repeated.</summary>
    public IReadOnlyList<string> All(string name) => _given.TryGetValue(name, out var values) ? values : [];

    /// <summary>The parts of a list with commas; empty when nothing was given and there is no default.</summary>
    public IReadOnlyList<string> List(string name) =>
        (Text(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A whole number of at least <paramref name="min"/>.</summary>
    public int Whole(string name, int min) => ParseWhole(name, Required(name), min);

    /// <summary>A whole number, or null when nothing was given.</summary>
    public int? WholeOrNull(string name, int min) => Text(name) is { } text ? ParseWhole(name, text, min) : null;

    /// <summary>A number of at least 0.</summary>
    public double Number(string name) =>
        double.TryParse(Required(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number
            : throw new UsageException($"{name} needs a number of at least 0, not '{Required(name)}'.");

    /// <summary>A duration given in seconds.</summary>
    public TimeSpan Seconds(string name) => TimeSpan.FromSeconds(Number(name));

    /// <summary>A whole number of at least <paramref name="min"/>, given for the named option.</summary>
    public static int ParseWhole(string name, string text, int min) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min
            ? number
            : throw new UsageException($"{name} needs a whole number of at least {min}, not '{text}'.");
}
