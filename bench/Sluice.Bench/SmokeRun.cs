using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Sluice.Bench;

/// <summary>Runs every benchmark briefly and holds what it allocates against the budgets.</summary>
internal static class SmokeRun
{
    // The figure is bytes of the whole process divided by this: few runs would blame a benchmark for the runtime's own
    // work beside it.
    private const int Invocations = 4096;

    /// <returns>The exit code: 0 if every benchmark ran within its budget.</returns>
    public static int Run()
    {
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.Dry
                .WithToolchain(InProcessEmitToolchain.Instance)
                .WithInvocationCount(Invocations)
                .WithUnrollFactor(16))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .WithOptions(ConfigOptions.DisableLogFile);
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(SmokeRun).Assembly).Run(["--filter", "*"], config);

        var measured = new SortedDictionary<string, long?>(StringComparer.Ordinal);
        foreach (var report in summaries.SelectMany(summary => summary.Reports))
        {
            var method = report.BenchmarkCase.Descriptor.WorkloadMethod;
            measured[$"{method.DeclaringType!.Name}.{method.Name}"] = report.Success
                ? report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase)
                : null;
        }

        foreach (var (name, bytes) in measured)
        {
            Console.WriteLine($"{name}: {bytes} B");
        }

        var violations = Budgets.Violations(Budgets.Read(), measured).ToArray();
        foreach (var violation in violations)
        {
            Console.Error.WriteLine(violation);
        }

        return violations.Length == 0 && measured.Count > 0 ? 0 : 1;
    }
}
