using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sluice.Proxy.Tests.Accounting;

/// <summary>One line, as a log provider gets it.</summary>
internal sealed record CapturedLine(
    string Category, LogLevel Level, int EventId, string Text, Exception? Fault,
    IReadOnlyDictionary<string, object?> Fields);

/// <summary>Keeps what is logged; a test may hold it up or let it fail.</summary>
/// <param name="minimum">The lowest level that is on.</param>
internal sealed class CapturingLoggers(LogLevel minimum = LogLevel.Trace) : ILoggerFactory
{
    private readonly ConcurrentQueue<CapturedLine> _lines = new();

    public CapturedLine[] Lines => [.. _lines];

    /// <summary>Called with each line before it is kept.</summary>
    public Action<CapturedLine> OnLine { get; set; } = _ => { };

    public ILogger CreateLogger(string categoryName) => new CapturingLogger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class CapturingLogger(CapturingLoggers owner, string category) : ILogger
    {
        private readonly LogLevel _minimum = owner.Minimum;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= _minimum;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var fields = (IReadOnlyList<KeyValuePair<string, object?>>)state!;
            var line = new CapturedLine(
                category, logLevel, eventId.Id, formatter(state, exception), exception, fields.ToDictionary());
            owner.OnLine(line);
            owner._lines.Enqueue(line);
        }
    }

    private LogLevel Minimum { get; } = minimum;
}
