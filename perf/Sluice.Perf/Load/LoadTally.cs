using Sluice.Perf.Measuring;

namespace Sluice.Perf.Load;

/// <summary>
/// What one worker counted, written by its thread alone. Counts are of what happened within the window; durations are
/// of exchanges that began, or were due to begin, within it.
/// </summary>
internal sealed class LoadTally
{
    private readonly long[] _errors = new long[Enum.GetValues<LoadError>().Length];

    /// <summary>From the intended start to the end of the first content event.</summary>
    public LatencyHistogram Ttft { get; } = new();

    /// <summary>Between two content events of a stream.</summary>
    public LatencyHistogram Gap { get; } = new();

    /// <summary>From the intended start to the last byte.</summary>
    public LatencyHistogram Exchange { get; } = new();

    /// <summary>Complete, correct answers.</summary>
    public long Requests { get; set; }

    public long Events { get; set; }

    public long ContentEvents { get; set; }

    public long Chunks { get; set; }

    public long ChunksOfOneEvent { get; set; }

    public long BodyBytes { get; set; }

    /// <summary>Connections that the server ended between two exchanges.</summary>
    public long Reconnects { get; set; }

    /// <summary>Exchanges that were open when the run ended.</summary>
    public long Unfinished { get; set; }

    public long Errors => _errors.Sum();

    public void AddError(LoadError error, long count = 1) => _errors[(int)error] += count;

    /// <summary>The errors that occurred, by kind.</summary>
    public IReadOnlyDictionary<string, long> ErrorsByKind() =>
        Enum.GetValues<LoadError>()
            .Where(e => _errors[(int)e] > 0)
            .ToDictionary(e => e.ToString(), e => _errors[(int)e]);

    /// <summary>Adds what another worker counted.</summary>
    public void Add(LoadTally other)
    {
        Ttft.Add(other.Ttft);
        Gap.Add(other.Gap);
        Exchange.Add(other.Exchange);
        Requests += other.Requests;
        Events += other.Events;
        ContentEvents += other.ContentEvents;
        Chunks += other.Chunks;
        ChunksOfOneEvent += other.ChunksOfOneEvent;
        BodyBytes += other.BodyBytes;
        Reconnects += other.Reconnects;
        Unfinished += other.Unfinished;
        for (var i = 0; i < _errors.Length; i++)
        {
            _errors[i] += other._errors[i];
        }
    }
}
