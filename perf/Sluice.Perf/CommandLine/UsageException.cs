namespace Sluice.Perf.CommandLine;

/// <summary>The command cannot do what was asked; the message says what to change.</summary>
internal sealed class UsageException(string message) : Exception(message);
