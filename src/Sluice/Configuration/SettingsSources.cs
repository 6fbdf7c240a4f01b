using System.Collections;

namespace Sluice.Configuration;

/// <summary>
/// Where settings come from: a file, then the environment, then the command line; the later one wins.
/// </summary>
public sealed record SettingsSources
{
    /// <summary>The name of the file that is read where no other one is named.</summary>
    public const string DefaultFileName = "sluice.json";

    /// <summary>The variable that names the file.</summary>
    public const string FileVariable = "SLUICE_CONFIG";

    /// <summary>The file that the command line names. It must exist.</summary>
    /// <value>Default null: what <c>SLUICE_CONFIG</c> names, and else <see cref="DefaultFile"/>.</value>
    public string? File { get; init; }

    /// <summary>The file that is read where no other one is named. It need not exist.</summary>
    /// <value>Default <c>sluice.json</c> in the working directory.</value>
    public string DefaultFile { get; init; } = DefaultFileName;

    /// <summary>The environment.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings from the command line.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<SettingsOverride> Overrides { get; init; } = [];

    /// <summary>The file to read.</summary>
    public string EffectiveFile => File ?? NamedByVariable ?? DefaultFile;

    /// <summary>Whether it is an error if the file does not exist.</summary>
    public bool IsFileRequired => File is not null || NamedByVariable is not null;

    private string? NamedByVariable =>
        Environment.TryGetValue(FileVariable, out var file) && file.Length > 0 ? file : null;

    /// <summary>The sources of this process.</summary>
    /// <param name="file">The file that the command line names, or null.</param>
    /// <param name="overrides">Settings from the command line.</param>
    public static SettingsSources FromProcess(string? file, params IReadOnlyList<SettingsOverride> overrides) => new()
    {
        File = file,
        Environment = System.Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal),
        Overrides = overrides,
    };
}
