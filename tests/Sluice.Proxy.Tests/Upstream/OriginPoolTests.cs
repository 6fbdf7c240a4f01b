using Microsoft.AspNetCore.Connections;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;
using Sluice.Proxy.Tests.Exchange;
using Sluice.Proxy.Upstream;
using Sluice.Testing;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class OriginPoolTests
{
    private static readonly UpstreamAddress Address = new("127.0.0.1", 9, isTls: false);

    private readonly SettableClock _clock = new();
    private readonly MemoryConnections _connections = new();

    [Fact]
    public void TryTake_FromAnEmptyPool_IsNothing() => Assert.Null(Create().TryTake());

    [Fact]
    public async Task ConnectAsync_ThatFails_IsAValue()
    {
        var failing = new MemoryConnections((_, _) => throw new System.Net.Sockets.SocketException(111));
        var result = await Create(connections: failing).ConnectAsync(TestContext.Current.CancellationToken);

        Assert.Null(result.Connection);
        Assert.Equal(RejectionReason.UpstreamConnectFailed, result.Error.Reason);
    }

    [Fact]
    public async Task TryTake_AfterAReturn_GivesTheSameConnection()
    {
        var pool = Create();
        var connection = await ConnectAsync(pool);
        Assert.False(connection.IsReused);

        pool.Return(connection);

        Assert.Equal(1, pool.IdleCount);
        Assert.Same(connection, pool.TryTake());
        Assert.True(connection.IsReused);
        Assert.Null(pool.TryTake());
    }

    [Fact]
    public async Task TryTake_OfAConnectionThatTheUpstreamEnded_DisposesIt()
    {
        var pool = Create();
        pool.Return(await ConnectAsync(pool));
        _connections.All.Single().EndSending();

        Assert.Null(pool.TryTake());
        await _connections.All.Single().Closed.OrHang();
    }

    [Fact]
    public async Task TryTake_OfAConnectionWithUnsolicitedBytes_DisposesIt()
    {
        var pool = Create();
        pool.Return(await ConnectAsync(pool));
        _ = _connections.All.Single().SendAsync("HTTP/1.1 408 Request Timeout\r\n\r\n");

        Assert.Null(pool.TryTake());
        await _connections.All.Single().Closed.OrHang();
    }

    [Fact]
    public async Task Return_OfAConnectionWithUnreadBytes_DisposesIt()
    {
        var pool = Create();
        var connection = await ConnectAsync(pool);
        _ = _connections.All.Single().SendAsync("surplus");

        pool.Return(connection);

        Assert.Equal(0, pool.IdleCount);
        await _connections.All.Single().Closed.OrHang();
    }

    [Fact]
    public async Task Return_ToAPoolThatKeepsNothing_DisposesIt()
    {
        var pool = Create(new UpstreamOptions { IdleConnectionTimeout = TimeSpan.Zero });

        pool.Return(await ConnectAsync(pool));

        Assert.Null(pool.TryTake());
        await _connections.All.Single().Closed.OrHang();
    }

    [Fact]
    public async Task Sweep_AfterTheIdleLimit_DisposesAndBeforeItKeeps()
    {
        var pool = Create(new UpstreamOptions { IdleConnectionTimeout = TimeSpan.FromSeconds(10) });
        pool.Return(await ConnectAsync(pool));

        _clock.Ms += 10_000;
        pool.Sweep();
        Assert.Equal(1, pool.IdleCount);

        _clock.Ms++;
        pool.Sweep();
        Assert.Equal(0, pool.IdleCount);
        await _connections.All.Single().Closed.OrHang();
    }

    [Fact]
    public async Task Sweep_AfterTwoClosesAtTheSameIdleness_GivesTheNextOnesUpBefore()
    {
        var pool = Create();
        for (var i = 0; i < 2; i++)
        {
            var closing = await ConnectAsync(pool);
            pool.Return(closing);
            _clock.Ms += 15_000;
            _connections.All.Last().EndSending();
            pool.Sweep();
        }

        pool.Return(await ConnectAsync(pool));
        _clock.Ms += 13_500;
        pool.Sweep();
        Assert.Equal(1, pool.IdleCount);

        _clock.Ms++;
        pool.Sweep();
        Assert.Equal(0, pool.IdleCount);
    }

    [Fact]
    public async Task Close_WithIdleAndUsedConnections_DisposesBothInTheEnd()
    {
        var pool = Create();
        var used = await ConnectAsync(pool);
        pool.Return(await ConnectAsync(pool));

        pool.Close();
        await _connections.All.Last().Closed.OrHang();
        Assert.False(_connections.All.First().Closed.IsCompleted);

        pool.Return(used);
        await _connections.All.First().Closed.OrHang();
    }

    // The sweep has a connection in its hands when the pool is closed, and would put it back.
    [Fact]
    public async Task Close_DuringASweep_LeavesNothingIdle()
    {
        var pool = Create();
        pool.Return(await ConnectAsync(pool));
        _clock.OnRead = pool.Close;

        pool.Sweep();

        Assert.Equal(0, pool.IdleCount);
        await _connections.All.Single().Closed.OrHang();
    }

    [Fact]
    public async Task Close_DuringAReturn_LeavesNothingIdle()
    {
        var pool = Create();
        var connection = await ConnectAsync(pool);
        _clock.OnRead = pool.Close;

        pool.Return(connection);

        Assert.Equal(0, pool.IdleCount);
        await _connections.All.Single().Closed.OrHang();
    }

    // An exchange reads the settings, then they are replaced, and only then it asks for its pool.
    [Fact]
    public async Task Of_AfterTheClose_GivesAPoolThatKeepsNothing()
    {
        var pools = new UpstreamPools(new UpstreamOptions(), _connections, _clock, TimeProvider.System);
        pools.Close();

        var pool = pools.Of(Address);
        pool.Return(await ConnectAsync(pool));

        Assert.Equal(0, pool.IdleCount);
        await _connections.All.Single().Closed.OrHang();
    }

    [Fact]
    public void Of_TheSameAddress_IsTheSamePool()
    {
        var pools = new UpstreamPools(new UpstreamOptions(), _connections, _clock, TimeProvider.System);

        Assert.Same(pools.Of(Address), pools.Of(new UpstreamAddress("127.0.0.1", 9, isTls: false)));
        Assert.NotSame(pools.Of(Address), pools.Of(new UpstreamAddress("127.0.0.1", 9, isTls: true)));
    }

    [Fact]
    public async Task Pool_UsedByManyThreadsAndClosed_LeavesNoConnectionOpen()
    {
        var pool = Create(new UpstreamOptions { IdleConnectionsMax = 3 });
        var sweeping = new Signal();
        var sweeper = Task.Run(
            () =>
            {
                while (!sweeping.Task.IsCompleted)
                {
                    pool.Sweep();
                }
            },
            TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                var connection = pool.TryTake() ?? await ConnectAsync(pool);
                pool.Return(connection);
                if (thread == 0 && i == 200)
                {
                    pool.Close();
                }
            }
        })));
        sweeping.Set();
        await sweeper;

        await Task.WhenAll(_connections.All.Select(connection => connection.Closed)).OrHang();
        Assert.Equal(0, pool.IdleCount);
    }

    private static async Task<UpstreamConnection> ConnectAsync(OriginPool pool)
    {
        var result = await pool.ConnectAsync(CancellationToken.None);
        Assert.False(result.Error.IsError);
        return result.Connection!;
    }

    private OriginPool Create(UpstreamOptions? options = null, IConnectionFactory? connections = null)
    {
        options ??= new UpstreamOptions();
        return new OriginPool(
            Address, new UpstreamConnector(options, connections ?? _connections, TimeProvider.System), options, _clock);
    }
}
