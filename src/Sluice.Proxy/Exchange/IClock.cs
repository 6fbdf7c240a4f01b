namespace Sluice.Proxy.Exchange;

/// <summary>A coarse clock for limits: reading it costs a load. It lags by at most one beat of the heartbeat.</summary>
internal interface IClock
{
    /// <summary>Milliseconds of a monotonic clock.</summary>
    long NowMs { get; }
}
