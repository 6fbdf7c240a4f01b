using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Sluice.Server.Logging;

/// <summary>
/// One line for each message: <c>2026-11-21T15:00:00.123Z info Sluice.Proxy[3000] text</c>. Colours only on a terminal,
/// and not where <c>NO_COLOR</c> is set.
/// </summary>
internal sealed class CompactFormatter() : ConsoleFormatter(FormatterName)
{
    /// <summary>The name that selects this formatter.</summary>
    public const string FormatterName = "compact";

    private static readonly bool HasColors =
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <inheritdoc/>
    public override void Write<TState>(
        in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        textWriter.Write(' ');
        var (name, color) = Mark(logEntry.LogLevel);
        textWriter.Write(HasColors ? $"\e[{color}m{name}\e[0m" : name);
        textWriter.Write($" {logEntry.Category}[{logEntry.EventId.Id.ToString(CultureInfo.InvariantCulture)}] ");
        WriteLine(logEntry.Formatter(logEntry.State, logEntry.Exception), textWriter);
        if (logEntry.Exception is not null)
        {
            textWriter.Write(" | ");
            WriteLine(logEntry.Exception.ToString(), textWriter);
        }

        textWriter.Write(Environment.NewLine);
    }

    // Names that clients send may be part of a message: they must not end the line, nor reach the terminal as commands.
    private static void WriteLine(string text, TextWriter textWriter)
    {
        foreach (var c in text)
        {
            textWriter.Write(c is '\n' ? '|' : char.IsControl(c) ? ' ' : c);
        }
    }

    private static (string Name, string Color) Mark(LogLevel level) => level switch
    {
        LogLevel.Trace => ("trce", "90"),
        LogLevel.Debug => ("dbug", "90"),
        LogLevel.Information => ("info", "32"),
        LogLevel.Warning => ("warn", "33"),
        LogLevel.Error => ("fail", "31"),
        _ => ("crit", "1;31"),
    };
}
