using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sluice.Proxy.Diagnostics;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Accounting;

/// <summary>
/// Takes the records of finished exchanges from the data path, understands them and writes one line for each, on a
/// flow of its own. Its queue is bounded: when it is full the record is dropped and counted, and the data path never
/// waits.
/// </summary>
internal sealed class ExchangeLog : IAsyncDisposable
{
    /// <summary>The category of the lines.</summary>
    public const string Category = "Sluice.Exchange";

    /// <summary>Records that wait at most, so that a short stall of whoever reads the log costs none.</summary>
    public const int Capacity = 4096;

    /// <summary>How long the end of the process waits for the lines, should nobody read them any more.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The least time between two lines that report dropped records.</summary>
    public static readonly TimeSpan DropReportInterval = TimeSpan.FromSeconds(10);

    private const string Nothing = "-";

    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<ExchangeRecord> _records = Channel.CreateBounded<ExchangeRecord>(
        new BoundedChannelOptions(Capacity) { SingleReader = true });

    private readonly ExchangeRecordPool _pool;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Task _consumer;

    // Written by all threads.
    private long _dropped;

    // The consumer's own.
    private long _droppedReported;
    private long? _lastDropReport;
    private Exception? _lastFault;

    /// <param name="loggers">Gives the logger of the lines.</param>
    /// <param name="time">The clock whose timestamps the records hold.</param>
    /// <param name="pool">Is given the records back.</param>
    public ExchangeLog(ILoggerFactory loggers, TimeProvider time, ExchangeRecordPool pool)
    {
        _logger = loggers.CreateLogger(Category);
        _time = time;
        _pool = pool;

        // Returns at its first wait; from then on it runs on the thread pool.
        _consumer = ConsumeAsync();
    }

    /// <summary>Records that were not logged: the queue was full or closed, or writing the line failed.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>
    /// Hands a finished record over; never waits. The record is the log's from here on, also where it is dropped: the
    /// caller neither touches it again nor returns it to the pool. Thread-safe.
    /// </summary>
    /// <returns>False where it was dropped.</returns>
    public bool TryWrite(ExchangeRecord record)
    {
        if (record.Gateway is { CollectLogs: false })
        {
            _pool.Return(record);
            return true;
        }

        if (_records.Writer.TryWrite(record))
        {
            return true;
        }

        Interlocked.Increment(ref _dropped);
        _pool.Return(record);
        return false;
    }

    /// <summary>Closes the queue and waits until what it holds is written, but no longer than the time limit.</summary>
    public async ValueTask DisposeAsync()
    {
        _records.Writer.TryComplete();
        // A time-out is not reported: the only one who could be told is whoever does not take the lines.
        var drained = _consumer.WaitAsync(DrainTimeout, _time);
        await _closing.CancelAsync();
        await drained.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ConsumeAsync()
    {
        while (await _records.Reader.WaitToReadAsync())
        {
            // Nobody waits for a line, and waking this task for each record would cost more than writing it: two
            // context switches a request. So records gather for a moment, by the real clock, since the traffic is real.
            await Task.Delay(GatherTime, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (_records.Reader.TryRead(out var record))
            {
                Consume(record);
                if (_lastDropReport is not { } last || _time.GetElapsedTime(last) >= DropReportInterval)
                {
                    ReportDropped();
                }
            }
        }

        ReportDropped();
    }

    private void Consume(ExchangeRecord record)
    {
        try
        {
            var isInspected = record.Response.IsActive && _logger.IsEnabled(LogLevel.Information);
            var findings = isInspected
                ? StreamInspector.Inspect(record.Response, record.Provider?.Api ?? ApiFamily.Unknown)
                : default;
            record.Outcome = OutcomeRules.Settle(record, findings);
            WriteLine(record, findings);
        }
        catch (Exception fault)
        {
            // A log provider that throws, or a fault in here, costs this line and not all that follow.
            _lastFault = fault;
            Interlocked.Increment(ref _dropped);
        }
        finally
        {
            _pool.Return(record);
        }
    }

    private void WriteLine(ExchangeRecord record, in StreamFindings findings)
    {
        var level = OutcomeRules.IsFault(record) ? LogLevel.Warning : LogLevel.Information;
        if (!_logger.IsEnabled(level))
        {
            return;
        }

        _logger.ExchangeEnded(
            level,
            record.Method.Length == 0 ? Nothing : LogText.Escape(record.Method),
            record.Path is { Length: > 0 } path ? LogText.Escape(path) : Nothing,
            record.Status,
            record.Provider?.Slug ?? Nothing,
            record.Gateway?.Key ?? Nothing,
            record.RequestBytes,
            record.ResponseBytes,
            Milliseconds(record.Accepted, record.UpstreamFirstByte),
            Milliseconds(record.Accepted, findings.FirstContentTimestamp ?? 0),
            Milliseconds(record.Accepted, record.Ended),
            OutcomeRules.NameOf(record.Outcome),
            ReasonOf(record, findings),
            record.ReusedConnection,
            record.Attempts);
    }

    private static string ReasonOf(ExchangeRecord record, in StreamFindings findings) =>
        record.Rejection != RejectionReason.None ? record.Rejection.ToString()
        : findings.HasError ? "StreamError"
        : Nothing;

    private string Milliseconds(long start, long end) =>
        start == 0 || end == 0
            ? Nothing
            : _time.GetElapsedTime(start, end).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);

    private void ReportDropped()
    {
        var dropped = Dropped;
        if (dropped == _droppedReported)
        {
            return;
        }

        _lastDropReport = _time.GetTimestamp();
        try
        {
            _logger.RecordsDropped(_lastFault, dropped - _droppedReported, dropped);
            _droppedReported = dropped;
            _lastFault = null;
        }
        catch (Exception)
        {
            // The log takes nothing; the count stays for the next report and for the metrics.
        }
    }
}
