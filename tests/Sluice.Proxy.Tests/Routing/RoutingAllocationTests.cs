using System.Text;
using Sluice.Proxy.Model;
using Sluice.Proxy.Routing;

namespace Sluice.Proxy.Tests.Routing;

public sealed class RoutingAllocationTests
{
    [Theory]
    [InlineData("/v1/acct/gw/anthropic/v1/messages?beta=true")]
    [InlineData("/v1/acct/gw/openai/chat/completions")]
    [InlineData("/anthropic/v1/messages")]
    [InlineData("/anything/v1/messages")]
    [InlineData("/v1/acct/gw//anthropic//v1/messages")]
    [InlineData("http://proxy/groq/chat/completions")]
    [InlineData("/v1/acct/gw/aws-bedrock/bedrock-runtime/us-east-1/model/m:0/invoke")]
    [InlineData("/v1/acct/gw/google-vertex-ai/v1/projects/p/locations/us-east5/publishers/a/models/m@1:rawPredict")]
    [InlineData("/v1/acct/gw/azure-openai/res/dep/chat/completions?api-version=1")]
    [InlineData("/v1/acct/gw/workers-ai/@cf/meta/m")]
    [InlineData("/v1/acct/gw/baseten/model/abc")]
    public void Resolve_AnythingThatIsFound_AllocatesNothing(string line)
    {
        var model = Resolving.Create([], ("/anything", "anthropic"));
        using var head = Resolving.Parse(Encoding.ASCII.GetBytes($"POST {line} HTTP/1.1\r\nHost: h\r\n\r\n"));
        var target = new UpstreamTarget();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(RouteStatus.Found, GatewayResolver.Resolve(model, head, out _, target));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            GatewayResolver.Resolve(model, head, out _, target);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
