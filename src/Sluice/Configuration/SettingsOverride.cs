namespace Sluice.Configuration;

/// <summary>One setting from the command line. It beats the environment and the file.</summary>
/// <param name="Option">The option, for messages: <c>--listen</c>.</param>
/// <param name="Setting">The setting at the top of the schema: <c>listen</c>.</param>
/// <param name="Value">Its value; lists are comma-separated.</param>
public sealed record SettingsOverride(string Option, string Setting, string Value);
