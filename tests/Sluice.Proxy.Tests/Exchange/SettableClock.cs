using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Tests.Exchange;

/// <summary>A clock that stands where a test sets it.</summary>
internal sealed class SettableClock : IClock
{
    /// <summary>Is called when the time is read, before it is.</summary>
    public Action? OnRead { get; set; }

    /// <summary>The time.</summary>
    public long Ms { get; set; } = 1_000_000;

    /// <inheritdoc/>
    public long NowMs
    {
        get
        {
            OnRead?.Invoke();
            return Ms;
        }
    }
}
