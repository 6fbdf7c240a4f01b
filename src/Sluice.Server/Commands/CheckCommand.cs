using System.CommandLine;
using Sluice.Configuration;

namespace Sluice.Server.Commands;

/// <summary><c>sluice check</c>: says what is wrong with the settings, or what would run.</summary>
internal sealed class CheckCommand : Command
{
    public CheckCommand(Option<string?> config)
        : base(
            "check",
            "Check the settings: print every error as file:line: setting: reason, or what would run. Exit code 0 or 2.")
    {
        SetAction(parsed =>
        {
            var loaded = new SettingsLoader(SettingsSources.FromProcess(parsed.GetValue(config))).Load();
            if (!SettingsReport.TryPrint(loaded))
            {
                return ExitCode.Refused;
            }

            foreach (var line in Describe(loaded.Settings!, loaded.File))
            {
                Console.WriteLine(line);
            }

            return ExitCode.Success;
        });
    }

    private static IEnumerable<string> Describe(SluiceSettings settings, string? file)
    {
        yield return $"settings  {file ?? $"defaults (there is no {SettingsSources.DefaultFileName} here)"}: valid";
        yield return $"listen    {string.Join(", ", settings.Listen)}";
        yield return $"admin     {settings.Admin}";
        yield return $"data      {settings.Data}";
        foreach (var gateway in settings.Gateways)
        {
            yield return $"gateway   /v1/{gateway.AccountId}/{gateway.Id}, logs {(gateway.CollectLogs ? "on" : "off")}";
        }

        foreach (var (slug, provider) in settings.Providers)
        {
            yield return $"provider  {slug}: {provider.BaseUrl ?? "as built in"}";
        }

        foreach (var route in settings.Routes)
        {
            var gateway = route.Gateway ?? settings.Gateways[0].Id;
            yield return $"route     {route.Path} -> {route.Provider}, gateway {gateway}";
        }
    }
}
