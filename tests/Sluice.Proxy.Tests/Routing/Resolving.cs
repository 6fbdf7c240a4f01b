using System.Buffers;
using System.Text;
using Sluice.Http;
using Sluice.Proxy.Model;
using Sluice.Proxy.Providers;
using Sluice.Proxy.Routing;

namespace Sluice.Proxy.Tests.Routing;

/// <summary>
/// Settings with the gateway <c>acct/gw</c> and all built-in providers, and requests that are resolved by them.
/// </summary>
internal static class Resolving
{
    /// <summary>The settings without any override, provider or route of their own.</summary>
    public static EngineModel Model { get; } = Create();

    /// <summary>Settings with base URLs by slug; those that are not built in become OpenAI-like providers.</summary>
    public static EngineModel Create(params (string Slug, string Url)[] baseUrls) => Create(baseUrls, route: null);

    /// <summary>Settings with base URLs and one fixed route to a built-in provider.</summary>
    public static EngineModel Create((string Slug, string Url)[] baseUrls, (string Path, string Slug)? route)
    {
        var gateway = new GatewayModel("acct", "gw", CollectLogs: true);
        var urls = baseUrls.ToDictionary(pair => pair.Slug, pair => new Uri(pair.Url));
        var custom = urls
            .Where(pair => !ProviderCatalog.Names.Contains(pair.Key))
            .SelectMany(pair => ProviderCatalog.CreateCustom(pair.Key, pair.Value, ApiFamily.OpenAI));
        List<ProviderModel> providers = [.. ProviderCatalog.CreateAll(urls), .. custom];
        List<RouteModel> routes = route is { } fixedRoute
            ? [new RouteModel(fixedRoute.Path, gateway, providers.Single(provider => provider.Slug == fixedRoute.Slug))]
            : [];
        return new EngineModel(
            new EngineLimits(),
            new UpstreamOptions(),
            [gateway, new GatewayModel("other", "gw-2", CollectLogs: true)],
            providers,
            routes);
    }

    /// <summary>Resolves the target of a GET request with additional field lines.</summary>
    public static Resolved Resolve(this EngineModel model, string target, string fields = "") =>
        model.Resolve(Encoding.Latin1.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n"));

    /// <summary>Resolves the target of a request head.</summary>
    public static Resolved Resolve(this EngineModel model, byte[] bytes)
    {
        using var head = Parse(bytes);
        var target = new UpstreamTarget();
        var status = GatewayResolver.Resolve(model, head, out var result, target);
        Assert.Equal(result.Status, status);
        return new Resolved(result, target);
    }

    /// <summary>Parses a request head.</summary>
    public static RequestHead Parse(byte[] bytes)
    {
        var head = new RequestHead(HttpLimits.Default);
        Assert.Equal(ParseStatus.Complete, head.Parse(new ReadOnlySequence<byte>(bytes)));
        return head;
    }
}
