using Sluice.Perf.CommandLine;
using Sluice.Perf.Measuring;

namespace Sluice.Perf.Comparison;

/// <summary><c>compare</c>: Sluice, HAProxy and nginx side by side on the same work.</summary>
internal static class CompareCommand
{
    private static readonly string[] AllNames =
    [
        HaproxyContender.ContenderName,
        NginxContender.ContenderName,
        SluiceContender.PlainName,
        SluiceContender.LoggingName,
    ];

    public static Command Command { get; } = new(
        "compare",
        "Runs Sluice, HAProxy and nginx, and the provider without any of them, side by side on the same work,\n" +
        "in turn over several rounds, and prints medians and ratios to HAProxy. What is not installed is left out.",
        [
            new Option("--scenario", "NAME,NAME", "Only these scenarios; --list names them."),
            new Option("--contenders", "NAME,NAME", "Only these contenders.", string.Join(',', AllNames)),
            new Option("--rounds", "N", "Rounds that count.", "5"),
            new Option("--seconds", "N", "Measured time of one contender in one round.", "3"),
            new Option("--warm-up", "SECONDS", "Load before it.", "1"),
            new Option("--settle", "SECONDS", "Rest before memory is read.", "2"),
            new Option("--cores", "N", "Cores of each contender; all of the machine when not given."),
            new Option("--load-threads", "N", "Threads of load and provider; a quarter of the cores when not given."),
            new Option("--disturbed-above", "PERCENT", "A round in which other load takes more is repeated.", "10"),
            new Option("--sluice", "PATH", "The sluice.dll or executable; published from the sources when not given."),
            new Option("--smoke", null, "One very short round with fewer streams: a check, not a measurement."),
            new Option("--json", "FILE", "Also writes all figures of all rounds to a file."),
            new Option("--list", null, "Names the scenarios and ends."),
        ],
        RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellation)
    {
        var all = Scenario.LoadAll();
        if (arguments.Has("--list"))
        {
            foreach (var scenario in all)
            {
                Console.WriteLine($"{scenario.Name,-14}{scenario.Description}");
            }

            return 0;
        }

        var isSmoke = arguments.Has("--smoke");
        var scenarios = Choose(arguments.List("--scenario"), all, s => s.Name, "scenario")
            .Select(s => isSmoke ? s.Smaller() : s).ToList();
        var plan = ReadPlan(arguments, isSmoke);
        var buildFolder = Directory.CreateTempSubdirectory("sluice-perf-build-").FullName;
        try
        {
            var contenders = await ReadContendersAsync(arguments, buildFolder, cancellation);
            var machine = Machine.Describe();
            WriteMachine(machine, contenders, plan);
            var results = await RunAsync(plan, contenders, scenarios, cancellation);
            if (arguments.Text("--json") is { } file)
            {
                JsonFile.Write(file, new
                {
                    machine,
                    plan,
                    contenders = contenders.ToDictionary(c => c.Name, c => c.Version),
                    scenarios = results.Select(r => r.ToJson()),
                });
            }

            var errors = results.Sum(r => r.Contenders.Sum(c => r.Median(c, Metric.Errors.Key) ?? 0));
            return errors == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(buildFolder, recursive: true);
        }
    }

    private static async Task<List<ScenarioResult>> RunAsync(
        ComparePlan plan,
        IReadOnlyList<Contender> contenders,
        IEnumerable<Scenario> scenarios,
        CancellationToken cancellation)
    {
        await using var run = new CompareRun(plan, contenders);
        var results = new List<ScenarioResult>();
        foreach (var scenario in scenarios)
        {
            var result = await run.RunAsync(scenario, cancellation);
            ResultTable.Write(Console.Out, result);
            results.Add(result);
        }

        return results;
    }

    private static ComparePlan ReadPlan(Arguments arguments, bool isSmoke)
    {
        var rounds = isSmoke ? 1 : arguments.Whole("--rounds", 1);
        return new ComparePlan(
            rounds,
            isSmoke ? 1 : rounds * 2,
            arguments.Number("--disturbed-above"),
            isSmoke ? TimeSpan.FromSeconds(0.4) : arguments.Seconds("--seconds"),
            isSmoke ? TimeSpan.FromSeconds(0.1) : arguments.Seconds("--warm-up"),
            isSmoke ? TimeSpan.FromSeconds(0.2) : arguments.Seconds("--settle"),
            arguments.WholeOrNull("--cores", 1) ?? Environment.ProcessorCount,
            arguments.WholeOrNull("--load-threads", 1) ?? Math.Max(1, Environment.ProcessorCount / 4));
    }

    private static async Task<IReadOnlyList<Contender>> ReadContendersAsync(
        Arguments arguments, string buildFolder, CancellationToken cancellation)
    {
        var contenders = new List<Contender>();
        var sluicePath = arguments.Text("--sluice") ?? (arguments.Has("--smoke") ? SluiceBuild.FindBuilt() : null);
        string? sluice = null;
        foreach (var name in Choose(arguments.List("--contenders"), AllNames, n => n, "contender"))
        {
            switch (name)
            {
                case HaproxyContender.ContenderName when Executables.Find(name) is { } program:
                    contenders.Add(new HaproxyContender(program));
                    break;

                case NginxContender.ContenderName when Executables.Find(name) is { } program:
                    contenders.Add(new NginxContender(program));
                    break;

                case HaproxyContender.ContenderName or NginxContender.ContenderName:
                    Console.Error.WriteLine($"{name} is not installed and is left out");
                    break;

                default:
                    sluice ??= await SluiceBuild.ResolveAsync(sluicePath, buildFolder, cancellation);
                    contenders.Add(new SluiceContender(sluice, collectsLogs: name == SluiceContender.LoggingName));
                    break;
            }
        }

        return contenders;
    }

    private static void WriteMachine(Machine machine, IReadOnlyList<Contender> contenders, ComparePlan plan)
    {
        Console.WriteLine(
            $"{machine.Cores} cores, {machine.CpuModel}, {machine.MemoryGb} GB, " +
            $"Linux {machine.Kernel}, {machine.Runtime}");
        foreach (var contender in contenders)
        {
            Console.WriteLine($"{contender.Name,-12}{contender.Version}");
        }

        Console.WriteLine(
            $"{plan.Rounds} rounds of {plan.Window.TotalSeconds} s, {plan.Cores} cores for each contender, " +
            $"{plan.LoadThreads} thread(s) each for load and provider");
        Console.WriteLine();
    }

    private static IReadOnlyList<T> Choose<T>(
        IReadOnlyList<string> wanted, IReadOnlyList<T> all, Func<T, string> name, string kind)
    {
        foreach (var unknown in wanted.Where(w => all.All(x => name(x) != w)))
        {
            throw new UsageException(
                $"There is no {kind} '{unknown}'. There are: {string.Join(", ", all.Select(name))}");
        }

        return wanted.Count == 0 ? all : [.. all.Where(x => wanted.Contains(name(x)))];
    }
}
