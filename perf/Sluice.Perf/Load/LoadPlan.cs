using System.Net;

namespace Sluice.Perf.Load;

/// <summary>What one load run does.</summary>
internal sealed record LoadPlan
{
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>The request, head and body, sent over and over; see <see cref="RequestBytes"/>.</summary>
    public required byte[] Request { get; init; }

    public required int Connections { get; init; }

    public int Threads { get; init; } = 1;

    /// <summary>Requests a second on a fixed schedule; 0 sends the next one when the last is answered.</summary>
    public double Rate { get; init; }

    /// <summary>Load before the measured window; what it does is not counted.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>Length of the measured window.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Ends the window early, after so many requests were begun in it; 0 for no such limit.</summary>
    public long RequestsMax { get; init; }

    /// <summary>The connections begin at random moments of this time, so that streams are not in step.</summary>
    public TimeSpan Ramp { get; init; }

    /// <summary>An exchange that takes longer is an error, and its connection is opened anew.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long answers are awaited after the window; what is still open then is an error when the schedule is fixed.
    /// </summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);

    public int ExpectedStatus { get; init; } = 200;

    /// <summary>Body bytes that each answer must have; null to accept any number.</summary>
    public int? ExpectedBytes { get; init; }

    /// <summary>Content events that each answer must have; null to accept any number.</summary>
    public int? ExpectedEvents { get; init; }
}
