using Microsoft.Extensions.Logging;
using Sluice.Proxy.Accounting;
using Sluice.Proxy.Diagnostics;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Tests.Accounting;

public sealed class ExchangeLogTests
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly ExchangeRecordPool _pool = new();

    [Fact]
    public async Task Line_WholeStream_HasEveryFigure()
    {
        var record = Exchange(Captured.ReadFixture("anthropic-stream"));
        record.RequestBytes = 123;
        record.ResponseBytes = 4567;
        record.Attempts = 2;
        record.ReusedConnection = true;

        var line = Assert.Single(await LogAsync(record));

        Assert.Equal(
            "POST /v1/local/default/anthropic/v1/messages 200 provider=test-provider gateway=local/default "
            + "in=123 out=4567 ttfb_ms=250.0 ttft_ms=1000.5 duration_ms=2000.0 outcome=complete reason=- "
            + "reused=True attempts=2",
            line.Text);
        Assert.Equal("Sluice.Exchange", line.Category);
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Equal(3000, line.EventId);
        Assert.Equal(200, line.Fields["Status"]);
        Assert.Equal(4567L, line.Fields["ResponseBytes"]);
    }

    [Fact]
    public async Task Line_NothingKnown_HasDashes()
    {
        var record = new ExchangeRecord { Outcome = ExchangeOutcome.Rejected, Rejection = RejectionReason.BadRequest };

        var line = Assert.Single(await LogAsync(record));

        Assert.Equal(
            "- - 0 provider=- gateway=- in=0 out=0 ttfb_ms=- ttft_ms=- duration_ms=- outcome=rejected "
            + "reason=BadRequest reused=False attempts=0",
            line.Text);
    }

    [Fact]
    public async Task Line_QueryAndControlCharacters_StayOut()
    {
        var record = Exchange([]);
        record.SetPath("/a\r\n\u001Bż?key=canary-secret"u8);
        record.Method = "GET\nPOST";

        var line = Assert.Single(await LogAsync(record));

        Assert.StartsWith(@"GET\u000APOST /a\u000D\u000A\u001B\u017C 200 ", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-secret", string.Join(' ', line.Fields.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outcome_ClientLeftAfterTheLastEvent_IsComplete()
    {
        var record = Exchange(Captured.ReadFixture("openai-responses-stream"));
        record.Outcome = ExchangeOutcome.ClientCancelled;

        var line = Assert.Single(await LogAsync(record));

        Assert.Equal("complete", line.Fields["Outcome"]);
        Assert.Equal(LogLevel.Information, line.Level);
    }

    [Fact]
    public async Task Outcome_ClientLeftBeforeTheLastEvent_IsCancelled()
    {
        var record = Exchange(Captured.ReadFixture("anthropic-stream-truncated-reset"));
        record.Outcome = ExchangeOutcome.ClientCancelled;

        var line = Assert.Single(await LogAsync(record));

        Assert.Equal("client_cancelled", line.Fields["Outcome"]);
        Assert.Equal("1000.5", line.Fields["Ttft"]);
        Assert.Equal(LogLevel.Information, line.Level);
    }

    [Theory]
    [InlineData("anthropic-stream-truncated-clean-end", "-")]
    [InlineData("anthropic-stream-error-event", "StreamError")]
    public async Task Outcome_EventsBreakOffInWholeHttp_IsATruncation(string fixture, string reason)
    {
        var line = Assert.Single(await LogAsync(Exchange(Captured.ReadFixture(fixture))));

        Assert.Equal("upstream_truncated", line.Fields["Outcome"]);
        Assert.Equal(reason, line.Fields["Reason"]);
        Assert.Equal(LogLevel.Warning, line.Level);
    }

    [Fact]
    public async Task Level_WarningOnly_LogsFaultsAndInspectsNothing()
    {
        var incomplete = Exchange(Captured.ReadFixture("anthropic-stream-truncated-clean-end"));
        var rejected = Exchange([]);
        rejected.Outcome = ExchangeOutcome.Rejected;
        rejected.Rejection = RejectionReason.UpstreamConnectFailed;
        rejected.Status = 502;
        var cut = Exchange(Captured.ReadFixture("anthropic-stream-truncated-reset"));
        cut.Outcome = ExchangeOutcome.UpstreamTruncated;

        var lines = await LogAsync(new CapturingLoggers(LogLevel.Warning), incomplete, rejected, cut);

        Assert.Equal(["rejected", "upstream_truncated"], lines.Select(line => line.Fields["Outcome"]));
        Assert.Equal(["UpstreamConnectFailed", "-"], lines.Select(line => line.Fields["Reason"]));
        Assert.All(lines, line => Assert.Equal("-", line.Fields["Ttft"]));
    }

    [Fact]
    public async Task TryWrite_GatewayCollectsNoLogs_IsReturnedUnlogged()
    {
        var record = _pool.Rent();
        record.Gateway = new GatewayModel("local", "quiet", CollectLogs: false);
        record.Status = 200;

        Assert.Empty(await LogAsync(record));

        Assert.Same(record, _pool.Rent());
    }

    [Fact]
    public async Task Consumer_LoggedRecord_IsReturnedEmpty()
    {
        var budget = new CaptureBudget(long.MaxValue);
        var record = _pool.Rent();
        record.Response.Start(budget);
        record.Response.OnBody("data: [DONE]\n\n"u8);

        await LogAsync(record);

        Assert.Equal(0, budget.Held);
        Assert.Same(record, _pool.Rent());
    }

    [Fact]
    public async Task TryWrite_QueueFull_DropsAndCounts()
    {
        var loggers = new CapturingLoggers();
        using var gate = new Gate(loggers);
        var log = new ExchangeLog(loggers, _time, _pool);
        Assert.True(log.TryWrite(Exchange([])));
        await gate.Entered.WaitAsync(HangLimit, TestContext.Current.CancellationToken);
        for (var count = 0; count < ExchangeLog.Capacity; count++)
        {
            Assert.True(log.TryWrite(Exchange([])));
        }

        var budget = new CaptureBudget(long.MaxValue);
        var dropped = Exchange([]);
        dropped.Response.Reset();
        dropped.Response.Start(budget);
        dropped.Response.OnBody("a"u8);

        Assert.False(log.TryWrite(dropped));
        Assert.False(log.TryWrite(Exchange([])));

        Assert.Equal(2, log.Dropped);
        Assert.Equal(0, budget.Held);
        Assert.Same(dropped, _pool.Rent());
        gate.Open();
        await log.DisposeAsync();
        var report = Assert.Single(loggers.Lines, line => line.EventId == EventIds.RecordsDropped);
        Assert.Equal(LogLevel.Warning, report.Level);
        Assert.Equal(2L, report.Fields["Count"]);
        Assert.Equal(2L, report.Fields["Total"]);
        Assert.Equal(ExchangeLog.Capacity + 2, loggers.Lines.Length);
    }

    [Fact]
    public async Task DropReport_ManyDrops_IsOneLineAnInterval()
    {
        var loggers = new CapturingLoggers();
        var log = new ExchangeLog(loggers, _time, _pool);
        var handled = new SemaphoreSlim(0);
        loggers.OnLine = line =>
        {
            handled.Release();
            if (line.EventId == EventIds.ExchangeEnded)
            {
                throw new InvalidOperationException("the log's disk is full");
            }
        };

        // The line that fails and the report of it; then the line alone, four times; then with a report again.
        await WriteAsync(log, handled, lines: 2);
        for (var count = 0; count < 4; count++)
        {
            await WriteAsync(log, handled, lines: 1);
        }

        _time.Advance(ExchangeLog.DropReportInterval);
        await WriteAsync(log, handled, lines: 2);
        await WriteAsync(log, handled, lines: 1);
        await log.DisposeAsync();

        Assert.Equal([1L, 5L, 1L], loggers.Lines.Select(line => line.Fields["Count"]));
        Assert.Equal([1L, 6L, 7L], loggers.Lines.Select(line => line.Fields["Total"]));
        Assert.All(loggers.Lines, line => Assert.Equal("the log's disk is full", line.Fault?.Message));
        Assert.Equal(7, log.Dropped);
    }

    [Fact]
    public async Task Consumer_LoggerFailsAlways_GoesOn()
    {
        var loggers = new CapturingLoggers { OnLine = _ => throw new InvalidOperationException() };
        var records = new[] { _pool.Rent(), _pool.Rent() };

        Assert.Empty(await LogAsync(loggers, records));

        Assert.Equal(records, [_pool.Rent(), _pool.Rent()]);
    }

    [Fact]
    public async Task DisposeAsync_QueuedRecords_AreLoggedBeforeItEnds()
    {
        var loggers = new CapturingLoggers();
        using var gate = new Gate(loggers);
        var log = new ExchangeLog(loggers, _time, _pool);
        for (var count = 0; count < 100; count++)
        {
            log.TryWrite(Exchange([]));
        }

        var disposal = log.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        gate.Open();
        await disposal.WaitAsync(HangLimit, TestContext.Current.CancellationToken);

        Assert.Equal(100, loggers.Lines.Length);
    }

    [Fact]
    public async Task DisposeAsync_LoggerHangs_EndsAtTheTimeLimit()
    {
        var loggers = new CapturingLoggers();
        using var gate = new Gate(loggers);
        var log = new ExchangeLog(loggers, _time, _pool);
        log.TryWrite(Exchange([]));

        await gate.Entered.WaitAsync(HangLimit, TestContext.Current.CancellationToken);
        var disposal = log.DisposeAsync().AsTask();
        Assert.Equal(1, _time.PendingTimers);
        _time.Advance(ExchangeLog.DrainTimeout - TimeSpan.FromTicks(1));
        Assert.False(disposal.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        await disposal.WaitAsync(HangLimit, TestContext.Current.CancellationToken);

        gate.Open();
    }

    [Fact]
    public async Task TryWrite_AfterDisposal_DropsAndCounts()
    {
        var log = new ExchangeLog(new CapturingLoggers(), _time, _pool);
        await log.DisposeAsync();
        await log.DisposeAsync();

        Assert.False(log.TryWrite(Exchange([])));
        Assert.Equal(1, log.Dropped);
    }

    private Task<CapturedLine[]> LogAsync(ExchangeRecord record) => LogAsync(new CapturingLoggers(), record);

    private async Task<CapturedLine[]> LogAsync(CapturingLoggers loggers, params ExchangeRecord[] records)
    {
        await using (var log = new ExchangeLog(loggers, _time, _pool))
        {
            foreach (var record in records)
            {
                Assert.True(log.TryWrite(record));
            }
        }

        return loggers.Lines;
    }

    private async Task WriteAsync(ExchangeLog log, SemaphoreSlim handled, int lines)
    {
        Assert.True(log.TryWrite(Exchange([])));
        for (var count = 0; count < lines; count++)
        {
            Assert.True(await handled.WaitAsync(HangLimit, TestContext.Current.CancellationToken));
        }
    }

    // An exchange of two seconds: head after 250 ms, the body at once after 1000.5 ms.
    private ExchangeRecord Exchange(byte[] response)
    {
        var start = _time.GetTimestamp();
        var record = new ExchangeRecord
        {
            Method = "POST",
            Gateway = new GatewayModel("local", "default", CollectLogs: true),
            Provider = new TestProvider(ApiFamily.Anthropic),
            Status = 200,
            Outcome = ExchangeOutcome.Complete,
            Accepted = start,
            UpstreamFirstByte = start + TimeSpan.FromMilliseconds(250).Ticks,
            Ended = start + TimeSpan.FromSeconds(2).Ticks,
        };
        record.SetPath("/v1/local/default/anthropic/v1/messages"u8);
        record.Response.Start(Captured.AmpleBudget);
        record.Response.OnBody(response);
        record.Response.Mark(start + TimeSpan.FromMilliseconds(1000.5).Ticks);
        return record;
    }

    /// <summary>Holds the first line up, and so the consumer, until it is opened.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _open = new();

        public Gate(CapturingLoggers loggers) => loggers.OnLine = _ =>
        {
            _entered.TrySetResult();
            if (!_open.Wait(HangLimit))
            {
                throw new TimeoutException("The gate was not opened.");
            }
        };

        public Task Entered => _entered.Task;

        public void Open() => _open.Set();

        public void Dispose() => _open.Set();
    }
}
