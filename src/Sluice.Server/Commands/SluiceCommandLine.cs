using System.CommandLine;
using System.CommandLine.Invocation;

namespace Sluice.Server.Commands;

/// <summary>The commands and their options.</summary>
internal static class SluiceCommandLine
{
    /// <summary>Runs what the arguments ask for.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> InvokeAsync(string[] args)
    {
        var config = new Option<string?>("--config", "-c")
        {
            Description = "The settings file. Without it: the one that SLUICE_CONFIG names, else ./sluice.json.",
            HelpName = "FILE",
            Recursive = true,
        };
        var run = new RunCommand(config);
        var root = new RootCommand(
            "Sluice, a self-hosted AI gateway between LLM clients and LLM providers. Without a command, it runs.")
        {
            config,
            run,
            new CheckCommand(config),
            new EnvCommand(config),
            new VersionCommand(),
        };
        run.AddTo(root);
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction errors)
        {
            // The whole help text would hide the one line that matters.
            errors.ShowHelp = false;
        }

        // Signals are the command's own affair: running exchanges get longer than the two seconds given here.
        var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Action is ParseErrorAction ? ExitCode.Refused : code;
    }
}
