using Sluice.Proxy.Model;

namespace Sluice.Proxy.Providers;

/// <summary>
/// Amazon Bedrock: <c>/{service}/{region}/...</c> becomes <c>https://{service}.{region}.{domain}/...</c>. The path
/// keeps its escapes, since the client's signature covers them as sent.
/// </summary>
/// <param name="replacement">Replaces the hosts of all services and regions; null for none.</param>
internal sealed class BedrockProvider(UpstreamBase? replacement) : ProviderModel("aws-bedrock", ApiFamily.Bedrock)
{
    private const string Problem =
        "The path must be /aws-bedrock/bedrock-runtime/{region}/... or /aws-bedrock/bedrock-mantle/{region}/..., with "
        + "{region} of " + DerivedHosts.Rule + ".";

    private readonly ReadOnlyMemory<byte> _basePath = replacement?.Path ?? default;
    private readonly DerivedHosts _runtime = new("bedrock-runtime.", ".amazonaws.com", replacement?.Address);
    private readonly DerivedHosts _control = new("bedrock.", ".amazonaws.com", replacement?.Address);
    private readonly DerivedHosts _mantle = new("bedrock-mantle.", ".api.aws", replacement?.Address);

    /// <inheritdoc/>
    public override bool TryResolve(in ProviderRequest request, UpstreamTarget target)
    {
        var rest = request.Path;
        var service = PathSegments.Take(ref rest);
        var region = PathSegments.Take(ref rest);
        if (FindHosts(service, rest) is not { } hosts || !hosts.TryGet(region, out var address))
        {
            return target.Fail(Problem);
        }

        target.Address = address;
        target.Append(_basePath.Span);
        target.Append(rest.IsEmpty ? "/"u8 : rest);
        target.Append(request.Query);
        return true;
    }

    private DerivedHosts? FindHosts(ReadOnlySpan<byte> service, ReadOnlySpan<byte> rest)
    {
        if (service.SequenceEqual("bedrock-runtime"u8))
        {
            // Clients have one base URL and send these below it, but another host serves them.
            var isControl = PathSegments.StartsWith(rest, "/inference-profiles"u8)
                || PathSegments.StartsWith(rest, "/foundation-models"u8);
            return isControl ? _control : _runtime;
        }

        return service.SequenceEqual("bedrock-mantle"u8) ? _mantle : null;
    }
}
