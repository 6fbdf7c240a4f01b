namespace Sluice.Configuration;

/// <summary>What a changed settings file turned out to be.</summary>
/// <param name="Result">The new settings, or why they are refused.</param>
/// <param name="RestartNeeded">
/// The settings among them that are read at start only and differ from those of the start: <c>listen</c>, <c>admin</c>,
/// <c>data</c>, <c>tls</c>.
/// </param>
public sealed record SettingsReload(SettingsResult Result, IReadOnlyList<string> RestartNeeded)
{
    /// <summary>Compares what was loaded with the settings that the process was started with.</summary>
    internal static SettingsReload Create(SettingsResult result, SluiceSettings started) =>
        new(result, result.Settings is null ? [] : [.. Differences(result.Settings, started)]);

    private static IEnumerable<string> Differences(SluiceSettings settings, SluiceSettings started)
    {
        if (!settings.Listen.SequenceEqual(started.Listen))
        {
            yield return "listen";
        }

        if (settings.Admin != started.Admin)
        {
            yield return "admin";
        }

        if (settings.Data != started.Data)
        {
            yield return "data";
        }

        if (settings.Tls != started.Tls)
        {
            yield return "tls";
        }
    }
}
