namespace Sluice.Configuration;

/// <summary>Settings were refused. Nothing of them has been applied.</summary>
/// <param name="errors">Everything that is wrong with them.</param>
public sealed class SettingsException(IReadOnlyList<SettingsError> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>Everything that is wrong with them.</summary>
    public IReadOnlyList<SettingsError> Errors { get; } = errors;
}
