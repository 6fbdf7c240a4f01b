using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Server.Logging;

namespace Sluice.Tests.Logging;

public sealed class CompactFormatterTests
{
    [Fact]
    public void Write_Message_IsOneLineWithTimeLevelCategoryAndId() => Assert.Matches(
        @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn Sluice\.Proxy\[1001\] text\n$", Write("text"));

    [Fact]
    public void Write_ControlCharacters_DoNotReachTheTerminal() =>
        Assert.EndsWith("] a|b  [31mc d\n", Write("a\nb\r\e[31mc\u0085d"), StringComparison.Ordinal);

    [Fact]
    public void Write_Exception_StaysOnTheLine()
    {
        var line = Write("text", new InvalidOperationException("one\ntwo"));

        Assert.EndsWith("text | System.InvalidOperationException: one|two\n", line, StringComparison.Ordinal);
    }

    private static string Write(string text, Exception? exception = null)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var entry = new LogEntry<string>(
            LogLevel.Warning, "Sluice.Proxy", new EventId(1001), text, exception, static (state, _) => state);
        new CompactFormatter().Write(entry, null, writer);
        return writer.ToString();
    }
}
