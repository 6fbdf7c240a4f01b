using Sluice.Proxy.Providers;

namespace Sluice.Configuration;

/// <summary>How the names in a route are understood.</summary>
internal static class RouteNames
{
    /// <summary>
    /// A prefix as the engine compares it: runs of slashes count as one, and the last one is left out.
    /// </summary>
    public static string Normalize(string path) =>
        string.Concat(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(segment => "/" + segment));

    /// <summary>The names of all providers.</summary>
    public static IEnumerable<string> Providers(SluiceSettings settings) =>
        ProviderCatalog.Names.Concat(settings.Providers.Keys);

    /// <summary>The positions of the gateways that a name stands for: <c>id</c> or <c>account/id</c>.</summary>
    public static IReadOnlyList<int> FindGateways(string name, SluiceSettings settings) =>
        [.. Enumerable.Range(0, settings.Gateways.Count).Where(index =>
            name == settings.Gateways[index].Id
            || name == $"{settings.Gateways[index].AccountId}/{settings.Gateways[index].Id}")];
}
