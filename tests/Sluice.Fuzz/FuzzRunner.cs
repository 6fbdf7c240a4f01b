using System.Diagnostics;

namespace Sluice.Fuzz;

/// <summary>Feeds one target with mutated inputs until a time is over or an input fails.</summary>
/// <param name="target">What to feed.</param>
/// <param name="seed">Where the random sequence begins.</param>
internal sealed class FuzzRunner(IFuzzTarget target, int seed)
{
    // A million times what an input takes, so a loaded machine does not look like a hang.
    private static readonly TimeSpan HangAfter = TimeSpan.FromSeconds(20);

    private volatile byte[] _current = [];
    private long _startedAt;

    /// <summary>Inputs tried so far.</summary>
    public long Executions { get; private set; }

    /// <summary>The input that failed, and why; null if none did.</summary>
    public (byte[] Input, string Reason)? Finding { get; private set; }

    /// <summary>Runs for a time. A hang ends the process, since nothing else can end it.</summary>
    /// <returns>Whether no input failed.</returns>
    public bool Run(TimeSpan time)
    {
        var random = new Random(seed);
        var mutator = new Mutator(random, target.Corpus, target.Dictionary);
        Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
        using var watchdog = new Timer(
            static state => ((FuzzRunner)state!).FailIfHanging(), this, HangAfter, HangAfter);

        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            var input = mutator.Mutate(target.Corpus[random.Next(target.Corpus.Count)]);
            if (!TryOne(input, random))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryOne(byte[] input, Random random)
    {
        _current = input;
        Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
        Executions++;
        try
        {
            target.Check(input, random);
            return true;
        }
        catch (Exception e)
        {
            Finding = (input, e.ToString());
            return false;
        }
    }

    private void FailIfHanging()
    {
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref _startedAt)) > HangAfter)
        {
            Report(target.Name, seed, _current, "no end within 20 seconds");
            Environment.Exit(1);
        }
    }

    /// <summary>Writes a finding so that it can be repeated.</summary>
    public static void Report(string name, int seed, byte[] input, string reason)
    {
        Console.WriteLine($"FINDING {name} seed {seed}: {reason}");
        Console.WriteLine($"text: {Escaped.Write(input)}");
        Console.WriteLine($"hex: {Convert.ToHexString(input)}");
    }
}
