using Sluice.Proxy.Model;

namespace Sluice.Proxy.Providers;

/// <summary>
/// Workers AI: <c>/@cf/...</c> is run below <c>/client/v4/accounts/{account}/ai/run</c>, and <c>/v1/...</c>, the form
/// that OpenAI clients use, stands beside it.
/// </summary>
/// <param name="baseUrl">Stands in front of <c>/client/v4</c>.</param>
internal sealed class WorkersAIProvider(UpstreamBase baseUrl) : ProviderModel("workers-ai", ApiFamily.OpenAI)
{
    /// <inheritdoc/>
    public override bool TryResolve(in ProviderRequest request, UpstreamTarget target)
    {
        target.Address = baseUrl.Address;
        target.Append(baseUrl.Path.Span);
        target.Append("/client/v4/accounts/"u8);
        target.Append(request.Account);
        target.Append("/ai"u8);
        if (!PathSegments.StartsWith(request.Path, "/v1"u8) && !PathSegments.StartsWith(request.Path, "/run"u8))
        {
            target.Append("/run"u8);
        }

        target.Append(request.Path);
        target.Append(request.Query);
        return true;
    }
}
