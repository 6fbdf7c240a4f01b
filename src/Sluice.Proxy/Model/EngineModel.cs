using System.Text;

namespace Sluice.Proxy.Model;

/// <summary>
/// All settings as the data path reads them: one immutable snapshot, read once at the start of each exchange, so that a
/// reload never changes an exchange that runs.
/// </summary>
internal sealed class EngineModel
{
    private readonly Utf8NameMap<GatewayModel> _gateways;
    private readonly Utf8NameMap<ProviderModel> _providers;
    private readonly (byte[] Path, RouteModel Route)[] _routes;

    /// <param name="limits">What is accepted from clients.</param>
    /// <param name="upstream">How upstreams are reached.</param>
    /// <param name="gateways">All gateways; the first one is the default of short forms.</param>
    /// <param name="providers">All providers.</param>
    /// <param name="routes">Fixed prefixes, in any order.</param>
    public EngineModel(
        EngineLimits limits,
        UpstreamOptions upstream,
        IReadOnlyList<GatewayModel> gateways,
        IReadOnlyList<ProviderModel> providers,
        IReadOnlyList<RouteModel> routes)
    {
        Limits = limits;
        Upstream = upstream;
        Gateways = gateways;
        Providers = providers;
        _gateways = new(gateways.Select(gateway => KeyValuePair.Create(gateway.Key, gateway)));
        _providers = new(providers.Select(provider => KeyValuePair.Create(provider.Slug, provider)));

        // The longest prefix wins, so it is tried first.
        _routes = [.. routes
            .OrderByDescending(route => route.Path.Length)
            .Select(route => (Encoding.UTF8.GetBytes(route.Path), route))];
    }

    /// <summary>What is accepted from clients.</summary>
    public EngineLimits Limits { get; }

    /// <summary>How upstreams are reached.</summary>
    public UpstreamOptions Upstream { get; }

    /// <summary>All gateways, for messages that name them.</summary>
    public IReadOnlyList<GatewayModel> Gateways { get; }

    /// <summary>All providers, for messages that name them.</summary>
    public IReadOnlyList<ProviderModel> Providers { get; }

    /// <summary>The gateway of the short form <c>/{provider}/...</c>.</summary>
    public GatewayModel DefaultGateway => Gateways[0];

    /// <summary>The gateway called <c>account/id</c>.</summary>
    public GatewayModel? FindGateway(ReadOnlySpan<byte> key) => _gateways.Find(key);

    /// <summary>The provider of a slug.</summary>
    public ProviderModel? FindProvider(ReadOnlySpan<byte> slug) => _providers.Find(slug);

    /// <summary>The route whose prefix is the longest that a path begins with, at a segment's end.</summary>
    public RouteModel? FindRoute(ReadOnlySpan<byte> path)
    {
        foreach (var (prefix, route) in _routes)
        {
            if (path.StartsWith(prefix) && (path.Length == prefix.Length || path[prefix.Length] == '/'))
            {
                return route;
            }
        }

        return null;
    }
}
