using System.Net;

namespace Sluice.Proxy.Upstream;

/// <summary>What a name look-up gave.</summary>
/// <param name="Addresses">The addresses, the preferred one first; empty exactly where there is a problem.</param>
/// <param name="Problem">Why there is no address, in words for an operator; null if there is one.</param>
internal readonly record struct ResolvedName(IReadOnlyList<IPAddress> Addresses, string? Problem);
