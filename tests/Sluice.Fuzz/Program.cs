using System.Diagnostics;
using Sluice.Fuzz;

FuzzOptions options;
try
{
    options = FuzzOptions.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

var targets = FuzzTargets.All.Where(target => options.Target is null || target.Name == options.Target).ToArray();
if (targets.Length == 0)
{
    var names = string.Join(", ", FuzzTargets.All.Select(target => target.Name));
    Console.Error.WriteLine($"There is no target {options.Target}. Targets: {names}");
    return 2;
}

Console.WriteLine($"seed {options.Seed}");
var time = TimeSpan.FromSeconds(options.Seconds / targets.Length);
foreach (var target in targets)
{
    var runner = new FuzzRunner(target, options.Seed);
    var start = Stopwatch.GetTimestamp();
    var passed = runner.Run(time);
    var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    Console.WriteLine($"{target.Name}: {runner.Executions} inputs, {runner.Executions / seconds:F0}/s");
    if (!passed)
    {
        var (input, reason) = runner.Finding!.Value;
        FuzzRunner.Report(target.Name, options.Seed, input, reason);
        return 1;
    }
}

return 0;
