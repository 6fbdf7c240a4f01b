using Sluice.Proxy.Model;

namespace Sluice.Proxy.Providers;

/// <summary>
/// Vertex AI: the host follows from the location in <c>/{version}/projects/{project}/locations/{location}/...</c>, and
/// the path stays as it is. Paths that name no location go to the global host.
/// </summary>
/// <param name="replacement">Replaces the hosts of all locations; null for none.</param>
internal sealed class VertexProvider(UpstreamBase? replacement) : ProviderModel("google-vertex-ai", ApiFamily.Vertex)
{
    private const string Problem = "The location in the path must be of " + DerivedHosts.Rule + ".";

    private readonly ReadOnlyMemory<byte> _basePath = replacement?.Path ?? default;
    private readonly UpstreamAddress _global =
        replacement?.Address ?? new("aiplatform.googleapis.com", 443, isTls: true);

    private readonly UpstreamAddress _us =
        replacement?.Address ?? new("aiplatform.us.rep.googleapis.com", 443, isTls: true);

    private readonly UpstreamAddress _eu =
        replacement?.Address ?? new("aiplatform.eu.rep.googleapis.com", 443, isTls: true);

    private readonly DerivedHosts _regions = new("", "-aiplatform.googleapis.com", replacement?.Address);

    /// <inheritdoc/>
    public override bool TryResolve(in ProviderRequest request, UpstreamTarget target)
    {
        if (!TryFindAddress(FindLocation(request.Path), out var address))
        {
            return target.Fail(Problem);
        }

        target.Address = address;
        target.Append(_basePath.Span);
        target.Append(request.Path.IsEmpty ? "/"u8 : request.Path);
        target.Append(request.Query);
        return true;
    }

    private static ReadOnlySpan<byte> FindLocation(ReadOnlySpan<byte> path)
    {
        PathSegments.Take(ref path);
        if (!PathSegments.Take(ref path).SequenceEqual("projects"u8))
        {
            return default;
        }

        PathSegments.Take(ref path);
        return PathSegments.Take(ref path).SequenceEqual("locations"u8) ? PathSegments.Take(ref path) : default;
    }

    private bool TryFindAddress(ReadOnlySpan<byte> location, out UpstreamAddress? address)
    {
        address = location switch
        {
            [] => _global,
            _ when location.SequenceEqual("global"u8) => _global,
            _ when location.SequenceEqual("us"u8) => _us,
            _ when location.SequenceEqual("eu"u8) => _eu,
            _ => null,
        };
        return address is not null || _regions.TryGet(location, out address);
    }
}
