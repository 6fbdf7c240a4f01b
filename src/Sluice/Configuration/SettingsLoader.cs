using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.Configuration;

/// <summary>
/// Loads settings: reads the file, puts the environment and the command line over it, and checks everything. Either
/// all of it is valid, or nothing is returned but errors. Thread-safe.
/// </summary>
/// <param name="sources">Where the settings come from.</param>
public sealed class SettingsLoader(SettingsSources sources)
{
    // The largest installations have some thousands of lines; a file beyond this is not a settings file.
    private const int FileBytesMax = 16 * 1024 * 1024;

    /// <summary>Where the settings come from.</summary>
    public SettingsSources Sources { get; } = sources;

    /// <summary>Loads them as they are now.</summary>
    public SettingsResult Load()
    {
        var errors = new SettingsErrors();
        var warnings = new SettingsErrors();
        var text = ReadFile(errors);
        var root = text is null
            ? new SettingsNode(JsonValueKind.Object, "", 0)
            : SettingsParser.Parse(text, Sources.EffectiveFile, errors);
        if (root is null || !errors.IsEmpty && text is null)
        {
            return Result(null);
        }

        errors.Tree = root;
        SettingsSchema.Check(root, errors);
        var overlay = new SettingsOverlay(root, errors);
        EnvironmentSettings.Apply(Sources.Environment, overlay, errors, warnings);
        foreach (var setting in Sources.Overrides)
        {
            overlay.Set(setting.Option, [setting.Setting], setting.Value);
        }

        var settings = Bind(root);
        SettingsValidator.Check(settings, ProxyVariables.From(Sources.Environment), errors);
        return Result(errors.IsEmpty ? settings : null);

        SettingsResult Result(SluiceSettings? loaded) => new(
            loaded, errors.ToList(), warnings.ToList(), text is null ? null : Sources.EffectiveFile)
        {
            ContentHash = text is null ? [] : SHA256.HashData(text),
        };
    }

    /// <summary>The file's content, or null if there is none; an error where there should be.</summary>
    private byte[]? ReadFile(SettingsErrors errors)
    {
        var file = Sources.EffectiveFile;
        try
        {
            var length = new FileInfo(file).Length;
            if (length <= FileBytesMax)
            {
                return File.ReadAllBytes(file);
            }

            errors.Add(file, 0, "", $"is {length} bytes long, which is too large for a settings file");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            if (Directory.Exists(file))
            {
                errors.Add(file, 0, "", "is a folder, not a settings file");
            }
            else if (Sources.IsFileRequired)
            {
                errors.Add(file, 0, "", "does not exist" + (Sources.File is null ? " (SLUICE_CONFIG names it)" : ""));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add(file, 0, "", "cannot be read: " + FileProblem.Describe(file, exception));
        }

        return null;
    }

    // Every node fits its field by now, so this cannot fail.
    private static SluiceSettings Bind(SettingsNode root)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            root.WriteTo(writer);
        }

        var json = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        return JsonSerializer.Deserialize(json, SettingsJson.Default.SluiceSettings)!;
    }
}
