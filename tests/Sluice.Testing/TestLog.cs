using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sluice.Testing;

/// <summary>Keeps what was logged, and lets a test wait for a line.</summary>
public sealed class TestLog : ILoggerProvider
{
    private readonly ConcurrentQueue<TestLogLine> _lines = new();
    private readonly SemaphoreSlim _written = new(0);

    /// <summary>All lines so far.</summary>
    public IReadOnlyCollection<TestLogLine> Lines => _lines;

    /// <summary>Waits for a line of a category that passes a test.</summary>
    public async Task<TestLogLine> WaitForAsync(string category, Func<string, bool> test)
    {
        using var hang = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (_lines.FirstOrDefault(line => line.Category == category && test(line.Text)) is { } found)
            {
                return found;
            }

            await _written.WaitAsync(hang.Token);
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose() => _written.Dispose();

    private sealed class Logger(TestLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            log._lines.Enqueue(new TestLogLine(category, logLevel, eventId.Id, formatter(state, exception), exception));
            log._written.Release();
        }
    }
}

/// <summary>One line of the log.</summary>
public sealed record TestLogLine(string Category, LogLevel Level, int EventId, string Text, Exception? Exception);
