using System.Runtime.InteropServices;
using Sluice.Perf.CommandLine;
using Sluice.Perf.Comparison;
using Sluice.Perf.Load;
using Sluice.Perf.SelfTest;
using Sluice.Perf.Upstream;

Command[] commands =
[
    CompareCommand.Command,
    LoadCommand.Command,
    IdleStreamsCommand.Command,
    ProviderCommand.Command,
    SelfTestCommand.Command,
];

var command = commands.FirstOrDefault(c => args.Length > 0 && c.Name == args[0]);
if (command is null)
{
    var isHelp = args is ["--help" or "-h" or "help"];
    var output = isHelp ? Console.Out : Console.Error;
    output.WriteLine("Sluice.Perf COMMAND [options]      (Sluice.Perf COMMAND --help for the options)");
    output.WriteLine();
    foreach (var known in commands)
    {
        output.WriteLine($"  {known.Name,-14}{known.Summary.Split('\n', '.')[0]}");
    }

    return isHelp ? 0 : 2;
}

if (args.Contains("--help") || args.Contains("-h"))
{
    command.WriteHelp(Console.Out);
    return 0;
}

// The first interrupt lets the command end its child processes and return.
using var cancellation = new CancellationTokenSource();
void Cancel(PosixSignalContext context)
{
    context.Cancel = true;
    cancellation.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
try
{
    return await command.RunAsync(new Arguments(command, args.AsSpan(1)), cancellation.Token);
}
catch (UsageException e)
{
    Console.Error.WriteLine($"Sluice.Perf {command.Name}: {e.Message}");
    return 2;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("interrupted");
    return 130;
}
