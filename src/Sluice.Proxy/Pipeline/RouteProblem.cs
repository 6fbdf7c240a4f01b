using Sluice.Proxy.Model;
using Sluice.Proxy.Routing;

namespace Sluice.Proxy.Pipeline;

/// <summary>Tells the sender of a request that leads nowhere what would have led somewhere.</summary>
internal static class RouteProblem
{
    // All built-in providers and a few more; the list is for a person to read.
    private const int NamesMax = 40;

    /// <summary>What is wrong with a route, with the names that there are.</summary>
    /// <param name="model">The settings.</param>
    /// <param name="route">A route that was not found.</param>
    public static string? Describe(EngineModel model, in RouteResult route) => route.Status switch
    {
        RouteStatus.UnknownGateway =>
            $"'{route.AskedFor}'. {route.Hint} Known: {Join(model.Gateways.Select(gateway => gateway.Key))}.",
        RouteStatus.UnknownProvider =>
            $"'{route.AskedFor}'. {route.Hint} Known: {Join(model.Providers.Select(provider => provider.Slug))}.",
        _ => route.Hint,
    };

    private static string Join(IEnumerable<string> names)
    {
        var sorted = names.Order(StringComparer.Ordinal).ToList();
        return sorted.Count <= NamesMax
            ? string.Join(", ", sorted)
            : string.Join(", ", sorted.Take(NamesMax)) + ", ...";
    }
}
