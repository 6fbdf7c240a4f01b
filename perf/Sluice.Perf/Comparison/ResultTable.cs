using System.Globalization;

namespace Sluice.Perf.Comparison;

/// <summary>Writes a scenario's figures as a table: medians, and in parentheses the ratio to HAProxy.</summary>
internal static class ResultTable
{
    private const string Gap = "  ";

    public static void Write(TextWriter output, ScenarioResult result)
    {
        output.WriteLine($"{result.Scenario.Name}: {result.Scenario.Description}");
        output.WriteLine(
            $"  median of {result.RoundsKept} of {result.RoundsRun} rounds" +
            (result.RoundsDisturbed > 0 ? $"; other load disturbed {result.RoundsDisturbed} of them" : ""));

        var columns = Metric.All.Where(m => result.Contenders.Any(c => result.Median(c, m.Key) is not null)).ToList();
        var rows = new List<string[]> { columns.Select(m => m.Title).Prepend("").ToArray() };
        rows.AddRange(result.Contenders.Select(
            name => columns.Select(m => Cell(result, name, m)).Prepend(name).ToArray()));

        var widths = Enumerable.Range(0, columns.Count + 1).Select(i => rows.Max(r => r[i].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            output.WriteLine(Gap + string.Join(Gap, cells));
        }

        output.WriteLine();
    }

    private static string Cell(ScenarioResult result, string contender, Metric metric)
    {
        if (result.Median(contender, metric.Key) is not { } value)
        {
            return "-";
        }

        var text = (value / metric.Scale).ToString(metric.Format, CultureInfo.InvariantCulture);
        return result.RatioToHaproxy(contender, metric) is { } ratio
            ? text + string.Create(CultureInfo.InvariantCulture, $" ({ratio:F2}x)")
            : text;
    }
}
