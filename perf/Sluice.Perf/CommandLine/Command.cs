namespace Sluice.Perf.CommandLine;

/// <summary>One verb of the program.</summary>
internal sealed record Command(
    string Name,
    string Summary,
    IReadOnlyList<Option> Options,
    Func<Arguments, CancellationToken, Task<int>> RunAsync)
{
    /// <summary>Writes what the command does and takes.</summary>
    public void WriteHelp(TextWriter output)
    {
        output.WriteLine($"Sluice.Perf {Name} [options]");
        output.WriteLine();
        output.WriteLine(Summary);
        output.WriteLine();
        var width = Options.Max(o => Label(o).Length) + 2;
        foreach (var option in Options)
        {
            var fallback = option.Default is null ? "" : $" (default {option.Default})";
            output.WriteLine($"  {Label(option).PadRight(width)}{option.Help}{fallback}");
        }
    }

    private static string Label(Option option) => option.Value is null ? option.Name : $"{option.Name} {option.Value}";
}
