using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

/// <summary>Loads settings from text and variables.</summary>
internal static class Loading
{
    /// <summary>The name that the file has in messages.</summary>
    public const string FileName = "sluice.json";

    public static SettingsResult Load(string json, params (string Name, string Value)[] environment)
    {
        using var folder = new TempFolder();
        var file = folder.Write(FileName, json);
        return new SettingsLoader(Sources(file, environment)).Load();
    }

    public static SettingsResult LoadEnvironment(params (string Name, string Value)[] environment) =>
        new SettingsLoader(Sources(null, environment)).Load();

    public static SettingsSources Sources(string? file, params (string Name, string Value)[] environment) => new()
    {
        File = file,
        Environment = environment.ToDictionary(variable => variable.Name, variable => variable.Value),
    };

    public static SluiceSettings Valid(SettingsResult result)
    {
        Assert.Empty(result.Errors);
        return Assert.IsType<SluiceSettings>(result.Settings);
    }

    /// <summary>Each error as <c>line path: reason</c>, the name of the source left out.</summary>
    public static string[] Errors(SettingsResult result)
    {
        Assert.Null(result.Settings);
        return [.. result.Errors.Select(error => $"{error.Line} {error.Path}: {error.Reason}")];
    }

    /// <summary>The only error.</summary>
    public static string Error(SettingsResult result) => Assert.Single(Errors(result));
}
