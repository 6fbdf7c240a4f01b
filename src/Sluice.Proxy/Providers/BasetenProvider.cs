using Sluice.Proxy.Model;

namespace Sluice.Proxy.Providers;

/// <summary>
/// Baseten: <c>/v1/...</c> is its OpenAI-like inference API, with or without the version. <c>/model/{id}</c> is a model
/// with a host of its own, <c>https://model-{id}.api.baseten.co</c>: alone it means its production deployment, and a
/// path behind it is that model's own.
/// </summary>
/// <param name="replacement">Replaces all hosts; null for none.</param>
internal sealed class BasetenProvider(UpstreamBase? replacement) : ProviderModel("baseten", ApiFamily.OpenAI)
{
    private const string Problem =
        "The path must be /baseten/v1/... or /baseten/model/{id}, with {id} of " + DerivedHosts.Rule + ".";

    private readonly UpstreamAddress _inference = replacement?.Address ?? new("inference.baseten.co", 443, isTls: true);
    private readonly ReadOnlyMemory<byte> _basePath = replacement?.Path ?? default;
    private readonly DerivedHosts _models = new("model-", ".api.baseten.co", replacement?.Address);

    /// <inheritdoc/>
    public override bool TryResolve(in ProviderRequest request, UpstreamTarget target)
    {
        target.Append(_basePath.Span);
        if (PathSegments.StartsWith(request.Path, "/model"u8))
        {
            var rest = request.Path;
            PathSegments.Take(ref rest);
            if (!_models.TryGet(PathSegments.Take(ref rest), out var address))
            {
                return target.Fail(Problem);
            }

            target.Address = address;
            target.Append(rest.Length <= 1 ? "/production/predict"u8 : rest);
        }
        else
        {
            target.Address = _inference;
            target.Append(PathSegments.StartsWith(request.Path, "/v1"u8) ? default : "/v1"u8);
            target.Append(request.Path);
        }

        target.Append(request.Query);
        return true;
    }
}
