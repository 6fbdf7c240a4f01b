namespace Sluice.Perf.Sockets;

/// <summary>Something with one due time; the links belong to the <see cref="TimerWheel"/> it waits in.</summary>
internal abstract class WheelTimer
{
    internal WheelTimer? Previous { get; set; }

    internal WheelTimer? Next { get; set; }

    /// <summary>The wheel tick in which it fires, or -1 when it does not wait.</summary>
    internal long DueTick { get; set; } = -1;

    /// <summary>The time has come; the timer waits no longer, and may be scheduled again.</summary>
    public abstract void OnDue();
}
