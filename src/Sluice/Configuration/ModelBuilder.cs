using Sluice.Configuration.Validators;
using Sluice.Http;
using Sluice.Proxy.Model;
using Sluice.Proxy.Providers;

namespace Sluice.Configuration;

/// <summary>Makes the snapshot that the data path reads from settings that have been found valid.</summary>
internal static class ModelBuilder
{
    /// <summary>Makes the snapshot.</summary>
    /// <param name="settings">Valid settings.</param>
    /// <param name="proxies">What the environment says of proxies.</param>
    public static EngineModel Build(SluiceSettings settings, ProxyVariables proxies)
    {
        var gateways = settings.Gateways
            .Select(gateway => new GatewayModel(gateway.AccountId, gateway.Id, gateway.CollectLogs))
            .ToArray();
        var providers = BuildProviders(settings);
        var bySlug = providers.ToDictionary(provider => provider.Slug, StringComparer.Ordinal);
        var routes = settings.Routes.Select(route => new RouteModel(
            RouteNames.Normalize(route.Path),
            gateways[route.Gateway is null ? 0 : RouteNames.FindGateways(route.Gateway, settings)[0]],
            bySlug[route.Provider]));
        return new EngineModel(
            BuildLimits(settings.Limits), BuildUpstream(settings.Upstream, proxies), gateways, providers, [.. routes]);
    }

    private static List<ProviderModel> BuildProviders(SluiceSettings settings)
    {
        var urls = settings.Providers
            .Where(provider => provider.Value.BaseUrl is not null)
            .ToDictionary(provider => provider.Key, provider => BaseUrl(provider.Value), StringComparer.Ordinal);
        var providers = ProviderCatalog.CreateAll(urls).ToList();
        foreach (var (slug, provider) in settings.Providers)
        {
            if (!ProviderCatalog.Names.Contains(slug))
            {
                var api = ProviderCatalog.TryParseApi(provider.Api, out var named) ? named : ApiFamily.Unknown;
                providers.AddRange(ProviderCatalog.CreateCustom(slug, urls[slug], api));
            }
        }

        return providers;
    }

    private static Uri BaseUrl(ProviderSettings provider) =>
        ProviderValidator.TryParseBaseUrl(provider.BaseUrl!, out var url, out var problem)
            ? url
            : throw new ArgumentException(problem, nameof(provider));

    private static EngineLimits BuildLimits(LimitSettings limits) => new()
    {
        Head = HttpLimits.Default with
        {
            HeadBytesMax = limits.RequestHeadBytes,
            RequestLineBytesMax = limits.RequestLineBytes,
        },
        RequestBodyBytesMax = limits.RequestBodyBytes,
        RequestHeadTimeout = TimeSpan.FromMilliseconds(limits.RequestHeadTimeoutMs),
        RequestBodyIdleTimeout = TimeSpan.FromMilliseconds(limits.RequestBodyTimeoutMs),
        ClientWriteTimeout = TimeSpan.FromMilliseconds(limits.ClientWriteTimeoutMs),
        KeepAliveTimeout = TimeSpan.FromMilliseconds(limits.KeepAliveTimeoutMs),
        CancelOnHalfClose = limits.HalfClose == HalfCloseMode.Cancel,
    };

    private static UpstreamOptions BuildUpstream(UpstreamSettings upstream, ProxyVariables proxies) => new()
    {
        ConnectTimeout = TimeSpan.FromMilliseconds(upstream.ConnectTimeoutMs),
        ResponseHeadTimeout = TimeSpan.FromMilliseconds(upstream.ResponseHeadTimeoutMs),
        ResponseIdleTimeout = TimeSpan.FromMilliseconds(upstream.ResponseIdleTimeoutMs),
        IdleConnectionTimeout = TimeSpan.FromMilliseconds(upstream.IdleConnectionTimeoutMs),
        IdleConnectionsMax = upstream.IdleConnectionsMax,
        DnsRefresh = TimeSpan.FromMilliseconds(upstream.DnsRefreshMs),
        HttpProxy = Proxy(upstream.Proxy ?? proxies.Http?.Value),
        HttpsProxy = Proxy(upstream.Proxy ?? proxies.Https?.Value),
        NoProxy = upstream.NoProxy ?? proxies.NoProxy,
        CaBundle = upstream.CaBundle,
    };

    private static Uri? Proxy(string? text) =>
        text is { Length: > 0 } && ProxyVariables.TryParse(text, out var proxy, out _) ? proxy : null;
}
