namespace Sluice.Proxy.Exchange;

/// <summary>
/// The one time limit that a connection has at a time, without a timer of its own: setting it is one store, and the
/// heartbeat of the engine looks at all of them. Thread-safe.
/// </summary>
internal sealed class Deadline(IClock clock)
{
    private const int KindBits = 4;

    // Milliseconds shifted by the kind's bits, so that both change in one store.
    private long _packed;

    /// <summary>Sets what is waited for, and how long; replaces what was set before.</summary>
    public void Set(DeadlineKind kind, TimeSpan limit) =>
        Volatile.Write(ref _packed, ((clock.NowMs + (long)limit.TotalMilliseconds) << KindBits) | (long)kind);

    /// <summary>Nothing is waited for.</summary>
    public void Clear() => Volatile.Write(ref _packed, 0);

    /// <summary>What was waited for, if its time is over; a deadline is taken once.</summary>
    public DeadlineKind TakeExpired(long nowMs)
    {
        var packed = Volatile.Read(ref _packed);
        return packed != 0
            && packed >> KindBits < nowMs
            && Interlocked.CompareExchange(ref _packed, 0, packed) == packed
                ? (DeadlineKind)(packed & ((1 << KindBits) - 1))
                : DeadlineKind.None;
    }
}
