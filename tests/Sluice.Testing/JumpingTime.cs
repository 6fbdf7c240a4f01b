namespace Sluice.Testing;

/// <summary>The system's clock, which a test can move on at once. Timers go by the system's clock.</summary>
public sealed class JumpingTime : TimeProvider
{
    private long _jumpedTicks;

    /// <summary>Moves the clock on.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _jumpedTicks, by.Ticks);

    /// <inheritdoc/>
    public override long GetTimestamp() =>
        System.GetTimestamp() + (long)(Jumped.TotalSeconds * TimestampFrequency);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Jumped;

    private TimeSpan Jumped => TimeSpan.FromTicks(Interlocked.Read(ref _jumpedTicks));
}
