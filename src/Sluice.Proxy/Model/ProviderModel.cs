namespace Sluice.Proxy.Model;

/// <summary>
/// One upstream API: how a path below its slug becomes an address and a request target. Immutable, thread-safe.
/// </summary>
/// <param name="slug">Its name in URLs, lower case.</param>
/// <param name="api">The wire format it speaks.</param>
internal abstract class ProviderModel(string slug, ApiFamily api)
{
    /// <summary>Its name in URLs.</summary>
    public string Slug { get; } = slug;

    /// <summary>The wire format it speaks.</summary>
    public ApiFamily Api { get; } = api;

    /// <summary>Decides where a request goes.</summary>
    /// <param name="request">The request.</param>
    /// <param name="target">Is given the address and the request target, or what is wrong.</param>
    /// <returns>False where the path does not name a target; <see cref="UpstreamTarget.Problem"/> says why.</returns>
    public abstract bool TryResolve(in ProviderRequest request, UpstreamTarget target);
}
