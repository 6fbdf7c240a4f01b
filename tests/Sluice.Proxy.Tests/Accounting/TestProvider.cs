using Sluice.Proxy.Model;

namespace Sluice.Proxy.Tests.Accounting;

/// <summary>A provider that is only looked at.</summary>
internal sealed class TestProvider(ApiFamily api) : ProviderModel("test-provider", api)
{
    public override bool TryResolve(in ProviderRequest request, UpstreamTarget target) =>
        throw new NotSupportedException();
}
