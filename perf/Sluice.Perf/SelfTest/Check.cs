namespace Sluice.Perf.SelfTest;

/// <summary>One thing that <c>selftest</c> proves; the run fails with the reason, or with null.</summary>
internal sealed record Check(string Name, Func<CancellationToken, Task<string?>> RunAsync)
{
    /// <summary>A check that does not wait for anything.</summary>
    public static Check Of(string name, Func<string?> run) => new(name, _ => Task.FromResult(run()));
}
