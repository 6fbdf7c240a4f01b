using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Configuration;

/// <summary>
/// Settings in the environment: <c>SLUICE_</c> and the names that lead to the setting, upper case, with two underscores
/// between levels: <c>SLUICE_GATEWAYS__0__COLLECT_LOGS=false</c>.
/// </summary>
internal static partial class EnvironmentSettings
{
    private const string Prefix = "SLUICE_";
    private const string LevelSeparator = "__";

    /// <summary>Puts the environment over a tree.</summary>
    /// <param name="environment">All variables.</param>
    /// <param name="overlay">Takes the values.</param>
    /// <param name="errors">Is told of values that do not fit, and of levels that do not exist.</param>
    /// <param name="warnings">Is told of variables that may not have been meant as settings.</param>
    public static void Apply(
        IReadOnlyDictionary<string, string> environment,
        SettingsOverlay overlay,
        SettingsErrors errors,
        SettingsErrors warnings)
    {
        var variables = environment
            .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Where(variable => variable.Key != SettingsSources.FileVariable && !ServiceLink().IsMatch(variable.Key))
            .Select(variable => (Name: variable.Key, Levels: Split(variable.Key), variable.Value))
            .OrderBy(variable => variable.Levels, LevelComparer.Instance);
        foreach (var (name, levels, value) in variables)
        {
            if (overlay.Set(name, levels, value) is { } problem)
            {
                // A single name may well be somebody's own variable, as SLUICE_VERSION in a container image.
                (levels.Length == 1 ? warnings : errors).Add(name, 0, "", problem);
            }
        }
    }

    private static string[] Split(string name) => name[Prefix.Length..].Split(LevelSeparator);

    // Kubernetes sets these for every service in the namespace; the one for a service called sluice begins as ours do.
    [GeneratedRegex("_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$")]
    private static partial Regex ServiceLink();

    /// <summary>Orders by level, positions as numbers, so that lists are filled from their first element on.</summary>
    private sealed class LevelComparer : IComparer<string[]>
    {
        public static readonly LevelComparer Instance = new();

        public int Compare(string[]? x, string[]? y)
        {
            for (var depth = 0; depth < x!.Length && depth < y!.Length; depth++)
            {
                var isNumber = int.TryParse(x[depth], NumberStyles.None, CultureInfo.InvariantCulture, out var left)
                    & int.TryParse(y[depth], NumberStyles.None, CultureInfo.InvariantCulture, out var right);
                var order = isNumber ? left.CompareTo(right) : string.CompareOrdinal(x[depth], y[depth]);
                if (order != 0)
                {
                    return order;
                }
            }

            return x.Length.CompareTo(y!.Length);
        }
    }
}
