namespace Sluice.Server.Hosting;

/// <summary>
/// The machine does not allow what the settings ask for. The message is one line that says what to do.
/// </summary>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="cause">What was caught.</param>
internal sealed class StartupException(string message, Exception? cause = null) : Exception(message, cause);
