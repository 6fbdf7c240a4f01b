using System.CommandLine;
using Sluice.Configuration;
using Sluice.Server.Hosting;

namespace Sluice.Server.Commands;

/// <summary><c>sluice run</c>: the gateway itself, until a signal ends it.</summary>
internal sealed class RunCommand : Command
{
    private readonly Option<string?> _config;

    private readonly Option<string[]> _listen = new("--listen", "-l")
    {
        Description = "URL to listen on, as http://127.0.0.1:8787; may be given several times. Beats the settings.",
        HelpName = "URL",
    };

    private readonly Option<string?> _admin = new("--admin")
    {
        Description = "URL of the admin listener: health and readiness. Beats the settings.",
        HelpName = "URL",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "The data folder; created if it is missing. Beats the settings.",
        HelpName = "FOLDER",
    };

    public RunCommand(Option<string?> config)
        : base("run", "Run the gateway (the default). The settings file is watched; SIGTERM and SIGINT end it gently.")
    {
        _config = config;
        AddTo(this);
    }

    /// <summary>Gives a command this one's options and action.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_listen);
        command.Options.Add(_admin);
        command.Options.Add(_data);
        command.SetAction((parsed, _) => RunAsync(parsed));
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        using var signals = new ProcessSignals();
        var loader = new SettingsLoader(SettingsSources.FromProcess(parsed.GetValue(_config), [.. Overrides(parsed)]));
        var loaded = loader.Load();
        if (!SettingsReport.TryPrint(loaded))
        {
            return ExitCode.Refused;
        }

        try
        {
            await using var gateway = new GatewayHost(loader, loaded);
            await gateway.StartAsync();
            await Console.Out.WriteAsync(Banner.Create(gateway.Endpoints, loaded));
            signals.OnReload(gateway.CheckSettings);
            await signals.Stop;
            await gateway.StopAsync(signals.Hurry);
            return ExitCode.Success;
        }
        catch (Exception exception) when (exception is StartupException or SettingsException)
        {
            // The settings were valid a moment ago; a file that they name may have gone since.
            await Console.Error.WriteLineAsync("sluice: " + exception.Message);
            return ExitCode.Refused;
        }
    }

    private IEnumerable<SettingsOverride> Overrides(ParseResult parsed)
    {
        if (parsed.GetValue(_listen) is { Length: > 0 } listen)
        {
            yield return new SettingsOverride("--listen", "listen", string.Join(',', listen));
        }

        if (parsed.GetValue(_admin) is { } admin)
        {
            yield return new SettingsOverride("--admin", "admin", admin);
        }

        if (parsed.GetValue(_data) is { } data)
        {
            yield return new SettingsOverride("--data", "data", data);
        }
    }
}
