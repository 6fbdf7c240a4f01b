namespace Sluice.Perf.CommandLine;

/// <summary>One option of a command.</summary>
/// <param name="Name">With its dashes, <c>--rate</c>.</param>
/// <param name="Value">What stands for the value in the help; null for a switch.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Default">The value when the option is not given; null for none.</param>
internal sealed record Option(string Name, string? Value, string Help, string? Default = null);
