using Sluice.Proxy.Model;

namespace Sluice.Proxy.Providers;

/// <summary>
/// Azure OpenAI: <c>/{resource}/{deployment}/...</c> becomes
/// <c>https://{resource}.openai.azure.com/openai/deployments/{deployment}/...</c>.
/// </summary>
/// <param name="replacement">Replaces the host of all resources; null for none.</param>
internal sealed class AzureOpenAIProvider(UpstreamBase? replacement) : ProviderModel("azure-openai", ApiFamily.OpenAI)
{
    private const string Problem =
        "The path must be /azure-openai/{resource}/{deployment}/..., with {resource} of " + DerivedHosts.Rule + ".";

    private readonly ReadOnlyMemory<byte> _basePath = replacement?.Path ?? default;
    private readonly DerivedHosts _hosts = new("", ".openai.azure.com", replacement?.Address);

    /// <inheritdoc/>
    public override bool TryResolve(in ProviderRequest request, UpstreamTarget target)
    {
        var rest = request.Path;
        var resource = PathSegments.Take(ref rest);
        var deployment = PathSegments.Take(ref rest);
        if (deployment.IsEmpty || !_hosts.TryGet(resource, out var address))
        {
            return target.Fail(Problem);
        }

        target.Address = address;
        target.Append(_basePath.Span);
        target.Append("/openai/deployments/"u8);
        target.Append(deployment);
        target.Append(rest);
        target.Append(request.Query);
        return true;
    }
}
