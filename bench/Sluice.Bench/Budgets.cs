using System.Text.Json;

namespace Sluice.Bench;

/// <summary>The bytes that each benchmark may allocate per operation, from <c>budgets.json</c>.</summary>
internal static class Budgets
{
    /// <summary>By <c>Type.Method</c>.</summary>
    public static IReadOnlyDictionary<string, long> Read()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "budgets.json"));
        return JsonSerializer.Deserialize<Dictionary<string, long>>(file)!;
    }

    /// <summary>
    /// All ways in which measurements break the budgets: too much, no budget, or a budget for nothing.
    /// </summary>
    /// <param name="budgets">Bytes by benchmark.</param>
    /// <param name="measured">Bytes by benchmark; null where the benchmark failed.</param>
    public static IEnumerable<string> Violations(
        IReadOnlyDictionary<string, long> budgets, IReadOnlyDictionary<string, long?> measured)
    {
        foreach (var (name, bytes) in measured)
        {
            if (bytes is null)
            {
                yield return $"{name} failed";
            }
            else if (!budgets.TryGetValue(name, out var budget))
            {
                yield return $"{name} has no budget; it allocates {bytes} B";
            }
            else if (bytes > budget)
            {
                yield return $"{name} allocates {bytes} B; its budget is {budget} B";
            }
        }

        foreach (var name in budgets.Keys.Except(measured.Keys))
        {
            yield return $"{name} has a budget but is no benchmark";
        }
    }
}
