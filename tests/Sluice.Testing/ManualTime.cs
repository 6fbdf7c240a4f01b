namespace Sluice.Testing;

/// <summary>
/// A clock that a test moves: timers fire within <see cref="Advance"/>, on its caller's thread. Thread-safe.
/// </summary>
public sealed class ManualTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();

    // Guarded by _lock; only timers that are due some time.
    private readonly HashSet<ManualTimer> _timers = [];

    // An hour, so that nothing is at zero. Written under _lock.
    private long _ticks = TimeSpan.TicksPerHour;

    /// <summary>The timers that run.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Start.AddTicks(GetTimestamp());

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass; every timer fires at its own moment.</summary>
    public void Advance(TimeSpan by)
    {
        var target = GetTimestamp() + by.Ticks;
        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _ticks = Math.Max(_ticks, target);
        }
    }

    /// <summary>
    /// Lets time pass in steps until a task ends: when the gateway begins to wait for something is not known, so one
    /// step could be too early.
    /// </summary>
    /// <exception cref="TimeoutException">The task did not end.</exception>
    public async Task AdvanceUntilAsync(Task task, TimeSpan step)
    {
        var hang = Task.Delay(Hang.Limit);
        while (!task.IsCompleted)
        {
            if (hang.IsCompleted)
            {
                throw new TimeoutException("However much time passed, it did not end.");
            }

            Advance(step);
            await Task.WhenAny(task, Task.Delay(5));
        }
    }

    // Invariant: the clock never runs backwards, also where two threads move it.
    private ManualTimer? TakeDue(long target)
    {
        lock (_lock)
        {
            var timer = _timers.Where(timer => timer.Due <= target).MinBy(timer => timer.Due);
            if (timer is null)
            {
                return null;
            }

            _ticks = Math.Max(_ticks, timer.Due);
            if (timer.Period > TimeSpan.Zero)
            {
                timer.Due += timer.Period.Ticks;
            }
            else
            {
                _timers.Remove(timer);
            }

            return timer;
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                Period = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    time._timers.Remove(this);
                }
                else
                {
                    Due = time._ticks + dueTime.Ticks;
                    time._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
