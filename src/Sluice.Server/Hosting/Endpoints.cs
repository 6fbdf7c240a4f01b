namespace Sluice.Server.Hosting;

/// <summary>The listeners that are open.</summary>
/// <param name="Data">Those for clients.</param>
/// <param name="Admin">That for operators.</param>
internal sealed record Endpoints(IReadOnlyList<Endpoint> Data, Endpoint Admin);
