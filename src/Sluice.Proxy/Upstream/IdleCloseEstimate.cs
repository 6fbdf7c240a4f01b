namespace Sluice.Proxy.Upstream;

/// <summary>
/// Learns after how much idleness an origin closes its connections, so that the pool gives them up before it does and
/// no request meets a closing socket. One close may be a restart; two that agree are a habit. Thread-safe without
/// locks: it is an estimate, and a lost update costs nothing.
/// </summary>
internal sealed class IdleCloseEstimate
{
    // A habit may change with a deployment at the origin; an estimate that nothing confirms is dropped.
    private const long GoodForMs = 10 * 60 * 1000;

    // Closes in the first second after use are no idle limit, but a server that wants no keep-alive or just restarted.
    private const long ShortestMs = 1000;

    private long _lastSeenMs;
    private long _limitMs;
    private long _learntAtMs;

    /// <summary>A connection was closed by the origin after so much idleness.</summary>
    public void Observe(long idleMs, long nowMs)
    {
        if (idleMs < ShortestMs)
        {
            return;
        }

        var last = Interlocked.Exchange(ref _lastSeenMs, idleMs);
        if (last != 0 && Math.Abs(last - idleMs) <= Math.Max(last, idleMs) / 5)
        {
            // A tenth less than what was seen, since the clocks of both sides start at different moments.
            Volatile.Write(ref _limitMs, Math.Min(last, idleMs) * 9 / 10);
            Volatile.Write(ref _learntAtMs, nowMs);
        }
    }

    /// <summary>Milliseconds for which an idle connection is kept.</summary>
    /// <param name="configuredMs">The limit of the settings, which is never exceeded.</param>
    /// <param name="nowMs">Now.</param>
    public long Limit(long configuredMs, long nowMs)
    {
        var learnt = Volatile.Read(ref _limitMs);
        return learnt != 0 && nowMs - Volatile.Read(ref _learntAtMs) < GoodForMs
            ? Math.Min(learnt, configuredMs)
            : configuredMs;
    }
}
