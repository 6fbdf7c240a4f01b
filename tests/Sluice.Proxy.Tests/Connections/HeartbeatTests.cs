using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Proxy.Connections;
using Sluice.Proxy.Model;
using Sluice.Testing;

namespace Sluice.Proxy.Tests.Connections;

public sealed class HeartbeatTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly Heartbeat _heartbeat;
    private readonly ProxyRuntime _runtime;
    private int _seconds;

    public HeartbeatTests()
    {
        _heartbeat = new Heartbeat(_time, () => _seconds++);
        var model = new EngineModel(
            new EngineLimits(), new UpstreamOptions(), [new GatewayModel("acct", "gw", CollectLogs: true)], [], []);
        _runtime = new ProxyRuntime(model, new MemoryConnections(), NullLoggerFactory.Instance, new ManualTime());
    }

    public async ValueTask DisposeAsync()
    {
        _heartbeat.Dispose();
        await _runtime.DisposeAsync();
    }

    [Fact]
    public void Heartbeat_WithoutConnections_StandsStill()
    {
        var before = _heartbeat.NowMs;
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, _time.ActiveTimers);
        Assert.Equal((before, 0), (_heartbeat.NowMs, _seconds));
    }

    [Fact]
    public void Heartbeat_WithAConnection_MovesItsClockAndCallsOnceASecond()
    {
        using var connection = Create();
        _heartbeat.Add(connection);
        var before = _heartbeat.NowMs;

        _time.Advance(TimeSpan.FromSeconds(3.05));

        Assert.Equal(before + 3000, _heartbeat.NowMs);
        Assert.Equal(3, _seconds);
        Assert.Equal(1, _heartbeat.Count);
        Assert.Same(connection, Assert.Single(_heartbeat.Connections));
    }

    [Fact]
    public void Heartbeat_WhenTheLastConnectionHasGone_StopsWithinASecond()
    {
        using var connection = Create();
        _heartbeat.Add(connection);
        _time.Advance(TimeSpan.FromSeconds(5));
        _heartbeat.Remove(connection);

        _time.Advance(TimeSpan.FromSeconds(1.1));
        var stoppedAt = _heartbeat.NowMs;
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, _time.ActiveTimers);
        Assert.Equal(stoppedAt, _heartbeat.NowMs);
    }

    [Fact]
    public void Add_AfterAPause_StartsAgainWithTheRightTime()
    {
        using var connection = Create();
        var before = _heartbeat.NowMs;
        _time.Advance(TimeSpan.FromHours(1));

        _heartbeat.Add(connection);
        Assert.Equal(before + 3_600_000, _heartbeat.NowMs);

        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(before + 3_600_100, _heartbeat.NowMs);
        Assert.Equal(1, _time.ActiveTimers);
    }

    [Fact]
    public void Dispose_WhileBeating_Stops()
    {
        using var connection = Create();
        _heartbeat.Add(connection);

        _heartbeat.Dispose();

        Assert.Equal(0, _time.ActiveTimers);
    }

    [Fact]
    public async Task Add_WhileTheHeartbeatWouldStop_IsNeverForgotten()
    {
        using var connection = Create();
        using var start = new Barrier(2);
        var token = TestContext.Current.CancellationToken;
        for (var i = 0; i < 2000; i++)
        {
            _heartbeat.Add(connection);
            _heartbeat.Remove(connection);
            var stopping = Task.Run(
                () =>
                {
                    start.SignalAndWait(token);
                    _time.Advance(TimeSpan.FromSeconds(1.1));
                },
                token);
            start.SignalAndWait(token);
            _heartbeat.Add(connection);
            await stopping;

            Assert.Equal(1, _time.ActiveTimers);
            _heartbeat.Remove(connection);
        }
    }

    private ProxyConnection Create() => new(_runtime, new MemoryConnection(), next: null);
}
