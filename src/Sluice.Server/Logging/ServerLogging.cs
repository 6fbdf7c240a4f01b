using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Sluice.Server.Logging;

/// <summary>
/// The loggers of the process: one line for each message, on stdout. The level may change at any time.
/// </summary>
internal sealed class ServerLogging : IDisposable
{
    // A reader that has stopped, a full pipe for one, must not stop traffic: messages past this are dropped.
    private const int QueueLengthMax = 8192;

    private volatile LogLevel _level;

    public ServerLogging(LogLevel level)
    {
        _level = level;
        Loggers = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(LogLevel.Trace)
            .AddFilter(IsEnabled)
            .AddConsoleFormatter<CompactFormatter, ConsoleFormatterOptions>()
            .AddConsole(options =>
            {
                options.FormatterName = CompactFormatter.FormatterName;
                options.MaxQueueLength = QueueLengthMax;
                options.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            }));
    }

    /// <summary>The loggers.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>The least severe message that is written.</summary>
    public LogLevel Level
    {
        set => _level = value;
    }

    /// <summary>Writes what is still queued.</summary>
    public void Dispose() => Loggers.Dispose();

    // What the web server tells of every connection is of no use to an operator, unless something is wrong. What its
    // host tells of a failed start is an exception too, and is explained in one line then.
    private bool IsEnabled(string? category, LogLevel level) =>
        level >= _level
        && level != LogLevel.None
        && category != "Microsoft.Extensions.Hosting.Internal.Host"
        && (level >= LogLevel.Warning || category?.StartsWith("Microsoft.", StringComparison.Ordinal) != true);
}
