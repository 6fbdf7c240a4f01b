using Sluice.Http;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;
using Sluice.Testing;

namespace Sluice.Proxy.Tests.Exchange;

public sealed class ExchangeContextTests : IDisposable
{
    private readonly ClientPipes _client = new();
    private readonly ExchangeContext _exchange;

    public ExchangeContextTests() => _exchange = Create();

    public void Dispose() => _exchange.Dispose();

    [Fact]
    public void TryEnd_Twice_TheFirstReasonStays()
    {
        Assert.True(_exchange.TryEnd(ExchangeEnd.ResponseIdleTimeout));
        Assert.False(_exchange.TryEnd(ExchangeEnd.ClientCancelled));

        Assert.Equal(ExchangeEnd.ResponseIdleTimeout, _exchange.End);
    }

    [Fact]
    public void TryFinish_AfterAnEnd_Fails()
    {
        _exchange.TryEnd(ExchangeEnd.ClientCancelled);

        Assert.False(_exchange.TryFinish());
        Assert.Equal(ExchangeEnd.ClientCancelled, _exchange.End);
    }

    [Fact]
    public void TryEnd_AfterTheFinish_IsTheNextExchanges()
    {
        Assert.True(_exchange.TryFinish());
        Assert.Equal(ExchangeEnd.None, _exchange.End);

        Assert.True(_exchange.TryEnd(ExchangeEnd.ClientCancelled));
        Assert.Equal(ExchangeEnd.ClientCancelled, _exchange.End);
    }

    [Fact]
    public async Task TryEnd_WithAnUpstream_AbortsItAndWakesWhoeverWaits()
    {
        var (connection, upstream) = CreateUpstream();
        Assert.True(_exchange.Attach(upstream));
        var reading = _client.Input.ReadAsync(TestContext.Current.CancellationToken);

        _exchange.TryEnd(ExchangeEnd.ClientCancelled);

        Assert.True((await reading).IsCanceled);
        Assert.True(connection.WasAborted);
    }

    // What is written before the response is an answer of the gateway itself, which has to arrive.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TryEnd_WithAPendingFlush_CancelsItOnlyWithinTheResponse(bool responseStarted)
    {
        _exchange.ResponseStarted = responseStarted;
        var flushing = _client.Output.WriteAsync(new byte[1024 * 1024], TestContext.Current.CancellationToken);
        Assert.False(flushing.IsCompleted);

        _exchange.TryEnd(ExchangeEnd.ClientCancelled);

        Assert.Equal(responseStarted, flushing.IsCompleted);
        await _client.Received.CompleteAsync();
        Assert.Equal(responseStarted, (await flushing).IsCanceled);
    }

    [Fact]
    public void Attach_AfterAnEnd_AbortsTheConnection()
    {
        var (connection, upstream) = CreateUpstream();
        _exchange.TryEnd(ExchangeEnd.ClientCancelled);

        Assert.False(_exchange.Attach(upstream));
        Assert.True(connection.WasAborted);
    }

    [Fact]
    public void Detach_BeforeAnEnd_LeavesTheConnectionAlone()
    {
        var (connection, upstream) = CreateUpstream();
        _exchange.Attach(upstream);
        _exchange.Detach();

        _exchange.TryEnd(ExchangeEnd.ClientCancelled);

        Assert.False(connection.WasAborted);
    }

    [Fact]
    public void BeginConnect_AroundAnEnd_IsCancelled()
    {
        var before = _exchange.BeginConnect();
        _exchange.TryEnd(ExchangeEnd.ClientCancelled);

        Assert.True(before.IsCancellationRequested);
        Assert.True(_exchange.BeginConnect().IsCancellationRequested);
    }

    [Fact]
    public async Task TryEndAndTryFinish_AtTheSameTime_OneOfThemWins()
    {
        using var start = new Barrier(2);
        for (var i = 0; i < 5000; i++)
        {
            using var exchange = Create();
            var ending = EndAsync(exchange, start);
            start.SignalAndWait(TestContext.Current.CancellationToken);
            var isFinished = exchange.TryFinish();
            var isEnded = await ending;

            // An end that comes after the finish is one of the exchange that follows, so both may succeed; but a finish
            // must never succeed after an end.
            Assert.True(isEnded || isFinished);
            Assert.Equal(isEnded ? ExchangeEnd.ClientCancelled : ExchangeEnd.None, exchange.End);
        }
    }

    [Fact]
    public async Task TryEndAndAttach_AtTheSameTime_TheConnectionIsAbortedInAnyCase()
    {
        using var start = new Barrier(2);
        for (var i = 0; i < 5000; i++)
        {
            using var exchange = Create();
            var (connection, upstream) = CreateUpstream();
            var ending = EndAsync(exchange, start);
            start.SignalAndWait(TestContext.Current.CancellationToken);
            exchange.Attach(upstream);

            Assert.True(await ending);
            Assert.True(connection.WasAborted);
        }
    }

    [Fact]
    public async Task TryEndAndBeginConnect_AtTheSameTime_TheConnectIsCancelledInAnyCase()
    {
        using var start = new Barrier(2);
        for (var i = 0; i < 5000; i++)
        {
            using var exchange = Create();
            var ending = EndAsync(exchange, start);
            start.SignalAndWait(TestContext.Current.CancellationToken);
            var token = exchange.BeginConnect();

            Assert.True(await ending);
            Assert.True(token.IsCancellationRequested);
        }
    }

    // What keeps a pooled connection safe: whoever finished may pass it on, because no end of before hits it.
    [Fact]
    public async Task TryEnd_ThatLosesAgainstTheFinish_NeverAbortsTheConnection()
    {
        using var start = new Barrier(2);
        for (var i = 0; i < 5000; i++)
        {
            using var exchange = Create();
            var (connection, upstream) = CreateUpstream();
            exchange.Attach(upstream);
            var ending = EndAsync(exchange, start);
            start.SignalAndWait(TestContext.Current.CancellationToken);
            exchange.Detach();
            var isFinished = exchange.TryFinish();
            await ending;

            Assert.False(isFinished && connection.WasAborted);
        }
    }

    private static Task<bool> EndAsync(ExchangeContext exchange, Barrier start) => Task.Run(() =>
    {
        start.SignalAndWait(TestContext.Current.CancellationToken);
        return exchange.TryEnd(ExchangeEnd.ClientCancelled);
    });

    private ExchangeContext Create() =>
        new(_client, HttpLimits.Default, new Deadline(new SettableClock()), TimeProvider.System);

    private static (MemoryConnection Connection, UpstreamConnection Upstream) CreateUpstream()
    {
        var connection = new MemoryConnection();
        var address = new UpstreamAddress("127.0.0.1", 9, isTls: false);
        return (connection, new UpstreamConnection(connection, address, HttpLimits.Default));
    }
}
