using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>Looks again and again at the memory of a gateway's process.</summary>
internal sealed class MemoryWatch
{
    private readonly GatewayProcess _gateway;
    private readonly long _before;
    private readonly Task<long> _watching;
    private volatile bool _isOver;

    private MemoryWatch(GatewayProcess gateway)
    {
        _gateway = gateway;
        _before = gateway.ResidentBytes;
        _watching = WatchAsync();
    }

    /// <summary>Begins to look; what there is now is what later looks are compared with.</summary>
    public static MemoryWatch Start(GatewayProcess gateway) => new(gateway);

    /// <summary>Ends it.</summary>
    /// <returns>The most bytes that there were more than at the beginning.</returns>
    public async Task<long> StopAsync()
    {
        _isOver = true;
        return await _watching - _before;
    }

    private async Task<long> WatchAsync()
    {
        var most = _before;
        while (!_isOver)
        {
            await Task.Delay(20);
            most = Math.Max(most, _gateway.ResidentBytes);
        }

        return most;
    }
}
