using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Sluice.Http;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;
using Sluice.Proxy.Relay;
using Sluice.Proxy.Tests.Exchange;
using Sluice.Testing;

namespace Sluice.Proxy.Tests.Relay;

public sealed class RequestBodyRelayTests : IDisposable
{
    private readonly ClientPipes _client = new();
    private readonly Deadline _deadline = new(new SettableClock());
    private readonly ExchangeContext _exchange;
    private readonly RequestBodyRelay _relay;

    public RequestBodyRelayTests()
    {
        _exchange = Create(_client);
        _relay = new RequestBodyRelay(_exchange);
    }

    public void Dispose() => _exchange.Dispose();

    [Fact]
    public async Task Start_WithAWholeBody_CompletesAndLeavesWhatFollows()
    {
        var upstream = new MemoryConnection();
        _exchange.RequestFraming = BodyFraming.OfLength(5);
        await SendAsync("hello" + "next request");

        _relay.Start(Wrap(upstream), retain: true);
        Assert.Equal("hello", await upstream.ReadUntilAsync("hello"));
        Assert.True(_relay.IsComplete);
        _relay.Release();

        Assert.True(_client.Input.TryRead(out var rest));
        Assert.Equal("next request", Encoding.Latin1.GetString(rest.Buffer));
    }

    [Fact]
    public async Task Start_OnASecondConnection_SendsTheSameBytes()
    {
        var (stale, fresh) = (new MemoryConnection(), new MemoryConnection());
        _exchange.RequestFraming = BodyFraming.Chunked;
        await SendAsync("5\r\nhello\r\n0\r\n\r\n");
        _relay.Start(Wrap(stale), retain: true);
        var first = await stale.ReadUntilAsync("0\r\n\r\n");
        await StopAsync(_relay);

        Assert.True(_relay.CanReplay);
        _relay.Start(Wrap(fresh), retain: false);

        Assert.Equal(first, await fresh.ReadUntilAsync("0\r\n\r\n"));
        await StopAsync(_relay);
        Assert.True(_relay.IsComplete);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_OnASecondConnectionInMidUpload_SendsWhatIsKeptWithoutWaitingForMore(bool flushFails)
    {
        var (stale, fresh) = (new MemoryConnection(), new MemoryConnection());
        _exchange.RequestFraming = BodyFraming.OfLength(8);
        await SendAsync("half");
        if (flushFails)
        {
            stale.EndReceiving();
        }

        _relay.Start(Wrap(stale), retain: true);
        await StopAsync(_relay);
        Assert.True(_relay.CanReplay);
        _relay.Start(Wrap(fresh), retain: false);

        Assert.Equal("half", await fresh.ReadUntilAsync("half").OrHang());
        await SendAsync("rest");
        Assert.Equal("rest", await fresh.ReadUntilAsync("rest").OrHang());
        await StopAsync(_relay);
        Assert.True(_relay.IsComplete);
    }

    [Fact]
    public async Task Start_WithMoreThanCanBeKept_CannotBeReplayed()
    {
        var upstream = new MemoryConnection(outputBytesMax: 4 * 1024 * 1024);
        _exchange.RequestFraming = BodyFraming.OfLength(2 * 1024 * 1024);
        _relay.Start(Wrap(upstream), retain: true);

        for (var sent = 0; sent <= RequestBodyRelay.ReplayBytesMax; sent += 16 * 1024)
        {
            Assert.True(_relay.CanReplay);
            await _client.Client.WriteAsync(new byte[16 * 1024], TestContext.Current.CancellationToken);
            await TakeAsync(upstream, 16 * 1024);
        }

        // The next part is asked for only when what came before has been dealt with.
        await _client.Client.WriteAsync(new byte[1], TestContext.Current.CancellationToken);
        await TakeAsync(upstream, 1);
        Assert.False(_relay.CanReplay);
        await StopAsync(_relay);
    }

    [Fact]
    public async Task StopAsync_WhileTheClientSendsNothing_Ends()
    {
        _exchange.RequestFraming = BodyFraming.OfLength(8);
        await SendAsync("half");
        _relay.Start(Wrap(new MemoryConnection()), retain: false);

        await StopAsync(_relay);
        _relay.Reset();

        Assert.False(_relay.IsComplete);
        await SendAsync("rest");
        var rest = await _client.Input.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("rest", Encoding.Latin1.GetString(rest.Buffer));
    }

    [Fact]
    public async Task StopAsync_WhileTheUpstreamTakesNothing_Ends()
    {
        var upstream = new MemoryConnection(outputBytesMax: 1024);
        _exchange.RequestFraming = BodyFraming.OfLength(100_000);
        await SendAsync(new string('x', 4096));
        _relay.Start(Wrap(upstream), retain: false);

        await StopAsync(_relay);

        Assert.False(_relay.IsComplete);
    }

    [Fact]
    public async Task Start_WhileTheUpstreamTakesNothing_WaitsForTheUpstreamAndNotForTheClient()
    {
        var upstream = new MemoryConnection(outputBytesMax: 1024);
        _exchange.RequestFraming = BodyFraming.OfLength(100_000);
        await SendAsync(new string('x', 4096));

        _relay.Start(Wrap(upstream), retain: false);

        Assert.Equal(DeadlineKind.ResponseHead, _deadline.TakeExpired(long.MaxValue));
        await TakeAsync(upstream, 4096);
        await StopAsync(_relay);
    }

    // A client that is always faster than the gateway must not fill its memory.
    [Fact]
    public async Task Start_WithAClientThatNeverPauses_FlushesNowAndThen()
    {
        var client = new EndlessReader();
        using var exchange = Create(new ClientPipesOf(client));
        exchange.RequestFraming = BodyFraming.OfLength(64 * 1024 * 1024);
        var relay = new RequestBodyRelay(exchange);

        // It runs until the first flush has to wait.
        relay.Start(Wrap(new MemoryConnection(outputBytesMax: 64 * 1024)), retain: false);

        Assert.InRange(client.BytesTaken, 1, 512 * 1024);
        await StopAsync(relay);
    }

    [Theory]
    [InlineData("5\r\nhelloX")]
    [InlineData("x\r\n")]
    public async Task Start_WithABrokenBody_EndsTheExchange(string body)
    {
        _exchange.RequestFraming = BodyFraming.Chunked;
        await SendAsync(body);

        _relay.Start(Wrap(new MemoryConnection()), retain: false);
        await StopAsync(_relay);

        Assert.Equal(ExchangeEnd.RequestBodyInvalid, _exchange.End);
        Assert.NotEqual(ParseError.None, _exchange.BodyError);
    }

    [Fact]
    public async Task Start_WithAClientThatEndsInMidBody_EndsTheExchange()
    {
        _exchange.RequestFraming = BodyFraming.OfLength(100);
        await SendAsync("part");
        await _client.Client.CompleteAsync();

        _relay.Start(Wrap(new MemoryConnection()), retain: true);
        await StopAsync(_relay);

        Assert.Equal(ExchangeEnd.ClientCancelled, _exchange.End);
    }

    private static Task StopAsync(RequestBodyRelay relay) => relay.StopAsync().AsTask().OrHang();

    private static UpstreamConnection Wrap(MemoryConnection connection) =>
        new(connection, new UpstreamAddress("127.0.0.1", 9, isTls: false), HttpLimits.Default);

    private static async Task TakeAsync(MemoryConnection upstream, int count)
    {
        var read = await upstream.Received.ReadAtLeastAsync(count).AsTask().OrHang();
        upstream.Received.AdvanceTo(read.Buffer.GetPosition(count));
    }

    private ExchangeContext Create(IDuplexPipe client)
    {
        var exchange = new ExchangeContext(client, HttpLimits.Default, _deadline, TimeProvider.System);
        var model = new EngineModel(
            new EngineLimits(), new UpstreamOptions(), [new GatewayModel("acct", "gw", CollectLogs: true)], [], []);
        exchange.Begin(model, new ExchangeRecord());
        return exchange;
    }

    private async Task SendAsync(string text) => await _client.Client.WriteAsync(Encoding.Latin1.GetBytes(text));

    private sealed class ClientPipesOf(PipeReader input) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output { get; } = new Pipe().Writer;
    }

    /// <summary>Always has 16 KB more.</summary>
    private sealed class EndlessReader : PipeReader
    {
        private readonly byte[] _bytes = new byte[16 * 1024];
        private bool _isCanceled;

        public long BytesTaken { get; private set; }

        public override bool TryRead(out ReadResult result)
        {
            BytesTaken += _bytes.Length;
            result = new ReadResult(new ReadOnlySequence<byte>(_bytes), _isCanceled, isCompleted: false);
            return true;
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            TryRead(out var result);
            return new(result);
        }

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead() => _isCanceled = true;

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
