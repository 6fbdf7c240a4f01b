using System.Diagnostics;
using Sluice.Perf.CommandLine;

namespace Sluice.Perf.SelfTest;

/// <summary><c>selftest</c>: checks the instruments before they are trusted.</summary>
internal static class SelfTestCommand
{
    private const string OnlyName = "--only";

    public static Command Command { get; } = new(
        "selftest",
        "Checks histogram, timers, readers, load generator and provider double on this machine, in a few seconds.",
        [new Option(OnlyName, "TEXT", "Only the checks whose name holds this text.", "")],
        RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellation)
    {
        var only = arguments.Required(OnlyName);
        var failed = 0;
        var checks = MeasuringChecks.All.Concat(WireChecks.All).Concat(LoadChecks.All)
            .Where(c => c.Name.Contains(only, StringComparison.Ordinal));
        foreach (var check in checks)
        {
            var start = Stopwatch.GetTimestamp();
            var fault = await check.RunAsync(cancellation);
            var took = Stopwatch.GetElapsedTime(start);
            Console.WriteLine(
                $"{(fault is null ? "ok    " : "FAILED")}  {check.Name} ({took.TotalMilliseconds:N0} ms)");
            if (fault is not null)
            {
                failed++;
                Console.WriteLine(fault);
            }
        }

        return failed == 0 ? 0 : 1;
    }
}
