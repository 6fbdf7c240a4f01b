namespace Sluice.Configuration;

/// <summary>What came out of loading settings.</summary>
/// <param name="Settings">The settings; null if anything is wrong with them.</param>
/// <param name="Errors">Everything that is wrong.</param>
/// <param name="Warnings">What looks like a mistake and does no harm.</param>
/// <param name="File">The file that was read; null if there was none.</param>
public sealed record SettingsResult(
    SluiceSettings? Settings,
    IReadOnlyList<SettingsError> Errors,
    IReadOnlyList<SettingsError> Warnings,
    string? File)
{
    /// <summary>The hash of the file's content; empty if there was no file.</summary>
    internal byte[] ContentHash { get; init; } = [];
}
