using System.Globalization;

namespace Sluice.Configuration;

/// <summary>One thing that is wrong with the settings.</summary>
/// <param name="Source">
/// The file, the environment variable or the command-line option it stands in; empty where code set it.
/// </param>
/// <param name="Line">The line in the file, from 1; 0 where there is none.</param>
/// <param name="Path">The setting, as <c>gateways[0].cache_ttl</c>; empty for the file as a whole.</param>
/// <param name="Reason">What is wrong, in a sentence that says what to do.</param>
public sealed record SettingsError(string Source, int Line, string Path, string Reason)
{
    /// <summary><c>file:line: path: reason</c>, without the parts that are empty.</summary>
    public override string ToString()
    {
        var place = Line > 0 ? Source + ":" + Line.ToString(CultureInfo.InvariantCulture) : Source;
        return string.Join(": ", new[] { place, Path, Reason }.Where(part => part.Length > 0));
    }
}
