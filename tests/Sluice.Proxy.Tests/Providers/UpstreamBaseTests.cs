using Sluice.Proxy.Tests.Routing;

namespace Sluice.Proxy.Tests.Providers;

public sealed class UpstreamBaseTests
{
    [Theory]
    // A version at the end of the base URL may be repeated by the request, and is added where the request lacks it.
    [InlineData("openai", "http://127.0.0.1:9000/v1", "/chat/completions", "http://127.0.0.1:9000/v1/chat/completions")]
    [InlineData("openai", "http://127.0.0.1:9000/v1/", "/v1/chat/completions",
        "http://127.0.0.1:9000/v1/chat/completions")]
    [InlineData("openai", "http://127.0.0.1:9000//llm//v1//", "/v1/models", "http://127.0.0.1:9000/llm/v1/models")]
    [InlineData("openai", "http://127.0.0.1:9000/v1beta2", "/v1/models", "http://127.0.0.1:9000/v1beta2/v1/models")]
    // Without one nothing is added and nothing is taken away.
    [InlineData("openai", "http://127.0.0.1:9000", "/chat/completions", "http://127.0.0.1:9000/chat/completions")]
    [InlineData("openai", "http://127.0.0.1:9000", "/v1/chat/completions", "http://127.0.0.1:9000/v1/chat/completions")]
    [InlineData("openai", "http://127.0.0.1:9000", "", "http://127.0.0.1:9000/")]
    [InlineData("openai", "http://127.0.0.1:9000/vllm", "/vllm/x", "http://127.0.0.1:9000/vllm/vllm/x")]
    [InlineData("anthropic", "http://127.0.0.1:9000", "/v1/messages?beta=true",
        "http://127.0.0.1:9000/v1/messages?beta=true")]
    [InlineData("anthropic", "http://127.0.0.1:9000", "/messages", "http://127.0.0.1:9000/v1/messages")]
    [InlineData("anthropic", "http://127.0.0.1:9000/v1", "/messages", "http://127.0.0.1:9000/v1/messages")]
    [InlineData("anthropic", "http://127.0.0.1:9000/v1", "/v1/messages", "http://127.0.0.1:9000/v1/messages")]
    [InlineData("anthropic", "https://llm.example/anthropic/", "/v1/messages",
        "https://llm.example/anthropic/v1/messages")]
    [InlineData("anthropic", "https://llm.example/anthropic/", "/messages",
        "https://llm.example/anthropic/v1/messages")]
    [InlineData("anthropic", "https://llm.example/anthropic/", "", "https://llm.example/anthropic")]
    [InlineData("anthropic", "https://llm.example:8443", "/api/hello", "https://llm.example:8443/api/hello")]
    [InlineData("anthropic", "http://[::1]:9000", "/v1/messages", "http://[::1]:9000/v1/messages")]
    // Where the path decides on the host, all hosts are replaced and the path is that of the real one.
    [InlineData("azure-openai", "http://127.0.0.1:9000/az", "/res/dep/chat/completions",
        "http://127.0.0.1:9000/az/openai/deployments/dep/chat/completions")]
    [InlineData("aws-bedrock", "http://127.0.0.1:9000", "/bedrock-runtime/us-east-1/model/m:0/invoke",
        "http://127.0.0.1:9000/model/m:0/invoke")]
    [InlineData("aws-bedrock", "http://127.0.0.1:9000/aws", "/bedrock-runtime/us-east-1/inference-profiles?a",
        "http://127.0.0.1:9000/aws/inference-profiles?a")]
    [InlineData("aws-bedrock", "http://127.0.0.1:9000", "/bedrock-mantle/us-east-1/anthropic/v1/messages",
        "http://127.0.0.1:9000/anthropic/v1/messages")]
    [InlineData("google-vertex-ai", "http://127.0.0.1:9000", "/v1/projects/p/locations/us-east5/publishers/x",
        "http://127.0.0.1:9000/v1/projects/p/locations/us-east5/publishers/x")]
    [InlineData("google-vertex-ai", "http://127.0.0.1:9000", "/v1/projects/p/locations/eu/publishers/x",
        "http://127.0.0.1:9000/v1/projects/p/locations/eu/publishers/x")]
    [InlineData("workers-ai", "http://127.0.0.1:9000/cf", "/@cf/m",
        "http://127.0.0.1:9000/cf/client/v4/accounts/acct/ai/run/@cf/m")]
    [InlineData("baseten", "http://127.0.0.1:9000", "/chat/completions", "http://127.0.0.1:9000/v1/chat/completions")]
    [InlineData("baseten", "http://127.0.0.1:9000/b", "/model/abc", "http://127.0.0.1:9000/b/production/predict")]
    [InlineData("fal", "http://127.0.0.1:9000/f", "/fal-ai/x", "http://127.0.0.1:9000/f/fal-ai/x")]
    [InlineData("google", "http://127.0.0.1:9000", "?api_key=k",
        "http://127.0.0.1:9000/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=k")]
    public void TryResolve_Overridden_KeepsThePathRules(string slug, string baseUrl, string path, string expected) =>
        Assert.Equal(expected, Resolving.Create((slug, baseUrl)).Resolve($"/v1/acct/gw/{slug}{path}").Url);

    [Fact]
    public void TryResolve_Overridden_StillChecksTheHostLabel() =>
        Assert.Equal(
            "InvalidPath",
            Resolving.Create(("aws-bedrock", "http://127.0.0.1:9000"))
                .Resolve("/aws-bedrock/bedrock-runtime/a.b/x").Url);

    [Theory]
    [InlineData("/my-llm/v1/chat/completions", "http://10.0.0.1:8000/v1/chat/completions")]
    [InlineData("/my-llm/chat/completions", "http://10.0.0.1:8000/v1/chat/completions")]
    [InlineData("/custom-my-llm/chat/completions", "http://10.0.0.1:8000/v1/chat/completions")]
    [InlineData("/v1/acct/gw/custom-my-llm/chat/completions?a=b", "http://10.0.0.1:8000/v1/chat/completions?a=b")]
    public void TryResolve_CustomProvider_IsFoundByBothNames(string target, string expected) =>
        Assert.Equal(expected, Resolving.Create(("my-llm", "http://10.0.0.1:8000/v1")).Resolve(target).Url);
}
