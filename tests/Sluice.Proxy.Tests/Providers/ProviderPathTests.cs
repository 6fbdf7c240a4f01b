using Sluice.Proxy.Tests.Routing;

namespace Sluice.Proxy.Tests.Providers;

public sealed class ProviderPathTests
{
    private const string Live = "https://generativelanguage.googleapis.com/ws/"
        + "google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

    [Theory]
    [InlineData("openai/chat/completions", "https://api.openai.com/v1/chat/completions")]
    [InlineData("openai/v1/chat/completions", "https://api.openai.com/v1/chat/completions")]
    [InlineData("openai/responses", "https://api.openai.com/v1/responses")]
    [InlineData("openai/v1", "https://api.openai.com/v1")]
    [InlineData("openai", "https://api.openai.com/v1")]
    [InlineData("openai/", "https://api.openai.com/v1/")]
    [InlineData("openai/v1x/chat", "https://api.openai.com/v1/v1x/chat")]
    [InlineData("anthropic/v1/messages", "https://api.anthropic.com/v1/messages")]
    [InlineData("anthropic/v1/messages?beta=true", "https://api.anthropic.com/v1/messages?beta=true")]
    [InlineData("anthropic/messages", "https://api.anthropic.com/v1/messages")]
    [InlineData("anthropic/messages/count_tokens", "https://api.anthropic.com/v1/messages/count_tokens")]
    [InlineData("anthropic/models?limit=1000", "https://api.anthropic.com/v1/models?limit=1000")]
    [InlineData("anthropic/messagesx", "https://api.anthropic.com/messagesx")]
    [InlineData("anthropic/api/hello", "https://api.anthropic.com/api/hello")]
    [InlineData("anthropic", "https://api.anthropic.com/")]
    [InlineData("anthropic/", "https://api.anthropic.com/")]
    [InlineData("anthropic?beta=true", "https://api.anthropic.com/?beta=true")]
    [InlineData("google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent",
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent")]
    [InlineData("google-ai-studio/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse")]
    [InlineData("google-ai-studio/v1//models/gemini-2.5-flash:generateContent",
        "https://generativelanguage.googleapis.com/v1/models/gemini-2.5-flash:generateContent")]
    [InlineData("workers-ai/@cf/meta/llama-3.1-8b-instruct",
        "https://api.cloudflare.com/client/v4/accounts/acct/ai/run/@cf/meta/llama-3.1-8b-instruct")]
    [InlineData("workers-ai/run/@cf/meta/llama-3.1-8b-instruct",
        "https://api.cloudflare.com/client/v4/accounts/acct/ai/run/@cf/meta/llama-3.1-8b-instruct")]
    [InlineData("workers-ai/v1/chat/completions",
        "https://api.cloudflare.com/client/v4/accounts/acct/ai/v1/chat/completions")]
    [InlineData("workers-ai/v1/embeddings", "https://api.cloudflare.com/client/v4/accounts/acct/ai/v1/embeddings")]
    [InlineData("workers-ai?model=@cf/deepgram/flux",
        "https://api.cloudflare.com/client/v4/accounts/acct/ai/run?model=@cf/deepgram/flux")]
    [InlineData("groq/chat/completions", "https://api.groq.com/openai/v1/chat/completions")]
    [InlineData("groq/v1/chat/completions", "https://api.groq.com/openai/v1/chat/completions")]
    [InlineData("groq/openai/v1/chat/completions", "https://api.groq.com/openai/v1/chat/completions")]
    [InlineData("mistral/v1/chat/completions", "https://api.mistral.ai/v1/chat/completions")]
    [InlineData("mistral/chat/completions", "https://api.mistral.ai/v1/chat/completions")]
    [InlineData("cohere/v1/chat", "https://api.cohere.com/v1/chat")]
    [InlineData("cohere/v2/chat", "https://api.cohere.com/v2/chat")]
    [InlineData("cohere/chat", "https://api.cohere.com/v1/chat")]
    [InlineData("cohere/compatibility/v1/chat/completions", "https://api.cohere.com/compatibility/v1/chat/completions")]
    [InlineData("perplexity-ai/chat/completions", "https://api.perplexity.ai/chat/completions")]
    [InlineData("grok/v1/chat/completions", "https://api.x.ai/v1/chat/completions")]
    [InlineData("grok/chat/completions", "https://api.x.ai/v1/chat/completions")]
    [InlineData("grok/v1/messages", "https://api.x.ai/v1/messages")]
    [InlineData("deepseek/chat/completions", "https://api.deepseek.com/chat/completions")]
    [InlineData("deepseek/anthropic/v1/messages", "https://api.deepseek.com/anthropic/v1/messages")]
    [InlineData("cerebras/chat/completions", "https://api.cerebras.ai/v1/chat/completions")]
    [InlineData("openrouter/chat/completions", "https://openrouter.ai/api/v1/chat/completions")]
    [InlineData("openrouter/v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions")]
    [InlineData("openrouter/api/v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions")]
    [InlineData("huggingface/bigcode/starcoder", "https://api-inference.huggingface.co/models/bigcode/starcoder")]
    [InlineData("huggingface/models/starcoder", "https://api-inference.huggingface.co/models/models/starcoder")]
    [InlineData("replicate/predictions", "https://api.replicate.com/v1/predictions")]
    [InlineData("replicate/v1/predictions", "https://api.replicate.com/v1/predictions")]
    [InlineData("baseten/v1/chat/completions", "https://inference.baseten.co/v1/chat/completions")]
    [InlineData("baseten/chat/completions", "https://inference.baseten.co/v1/chat/completions")]
    [InlineData("baseten/models", "https://inference.baseten.co/v1/models")]
    [InlineData("baseten/model/abcd1234", "https://model-abcd1234.api.baseten.co/production/predict")]
    [InlineData("baseten/model/abcd1234/", "https://model-abcd1234.api.baseten.co/production/predict")]
    [InlineData("baseten/model/abcd1234/development/predict",
        "https://model-abcd1234.api.baseten.co/development/predict")]
    [InlineData("cartesia/tts/bytes", "https://api.cartesia.ai/tts/bytes")]
    [InlineData("elevenlabs/v1/text-to-speech/JBFq", "https://api.elevenlabs.io/v1/text-to-speech/JBFq")]
    [InlineData("fal/fal-ai/fast-sdxl", "https://fal.run/fal-ai/fast-sdxl")]
    [InlineData("ideogram/v1/ideogram-v3/generate", "https://api.ideogram.ai/v1/ideogram-v3/generate")]
    [InlineData("deepgram/v1/listen?model=nova-3", "https://api.deepgram.com/v1/listen?model=nova-3")]
    [InlineData("parallel/v1/tasks/runs", "https://api.parallel.ai/v1/tasks/runs")]
    [InlineData("parallel/chat/completions", "https://api.parallel.ai/chat/completions")]
    [InlineData("adobe-firefly/v3/images/generate", "https://firefly-api.adobe.io/v3/images/generate")]
    public void TryResolve_SamplePath_GivesTheProvidersUrl(string path, string expected)
    {
        Assert.Equal(expected, Resolving.Model.Resolve("/v1/acct/gw/" + path).Url);
        Assert.Equal(expected, Resolving.Model.Resolve("/" + path).Url);
    }

    [Theory]
    [InlineData("/res-1/gpt-4o/chat/completions?api-version=2024-06-01",
        "https://res-1.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-06-01")]
    [InlineData("/res-1/gpt-4o", "https://res-1.openai.azure.com/openai/deployments/gpt-4o")]
    [InlineData("/res-1/My%20Model/embeddings",
        "https://res-1.openai.azure.com/openai/deployments/My%20Model/embeddings")]
    [InlineData("/res-1", "InvalidPath")]
    [InlineData("/res-1/", "InvalidPath")]
    [InlineData("", "InvalidPath")]
    public void TryResolve_AzureOpenAI_TakesHostAndDeploymentFromThePath(string path, string expected) =>
        Assert.Equal(expected, Resolving.Model.Resolve("/azure-openai" + path).Url);

    [Theory]
    [InlineData("/bedrock-runtime/us-east-1/model/m:0/invoke",
        "https://bedrock-runtime.us-east-1.amazonaws.com/model/m:0/invoke")]
    [InlineData("/bedrock-runtime/us-east-1/model/m%3A0/converse",
        "https://bedrock-runtime.us-east-1.amazonaws.com/model/m%3A0/converse")]
    [InlineData("/bedrock-runtime/us-gov-west-1", "https://bedrock-runtime.us-gov-west-1.amazonaws.com/")]
    [InlineData("/bedrock-runtime/us-east-1/", "https://bedrock-runtime.us-east-1.amazonaws.com/")]
    [InlineData("/bedrock-runtime/us-east-1//model/m/invoke",
        "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke")]
    [InlineData("/bedrock-runtime/eu-west-1/inference-profiles?type=SYSTEM_DEFINED",
        "https://bedrock.eu-west-1.amazonaws.com/inference-profiles?type=SYSTEM_DEFINED")]
    [InlineData("/bedrock-runtime/eu-west-1/inference-profiles/arn%3Aaws%3Abedrock%2Fid",
        "https://bedrock.eu-west-1.amazonaws.com/inference-profiles/arn%3Aaws%3Abedrock%2Fid")]
    [InlineData("/bedrock-runtime/eu-west-1/foundation-models",
        "https://bedrock.eu-west-1.amazonaws.com/foundation-models")]
    [InlineData("/bedrock-runtime/eu-west-1/foundation-modelsx",
        "https://bedrock-runtime.eu-west-1.amazonaws.com/foundation-modelsx")]
    [InlineData("/bedrock-mantle/us-east-1/anthropic/v1/messages",
        "https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages")]
    [InlineData("/bedrock-runtime", "InvalidPath")]
    [InlineData("/bedrock-agent/us-east-1/x", "InvalidPath")]
    [InlineData("", "InvalidPath")]
    public void TryResolve_Bedrock_TakesServiceAndRegionFromThePath(string path, string expected) =>
        Assert.Equal(expected, Resolving.Model.Resolve("/aws-bedrock" + path).Url);

    [Theory]
    [InlineData("/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-4@20250929:streamRawPredict",
        "us-east5-aiplatform.googleapis.com")]
    [InlineData("/v1/projects/p/locations/us-east5/publishers/anthropic/models/count-tokens:rawPredict",
        "us-east5-aiplatform.googleapis.com")]
    [InlineData("/v1beta1/projects/p/locations/europe-west1/publishers/google/models/gemini:generateContent?alt=sse",
        "europe-west1-aiplatform.googleapis.com")]
    [InlineData("/v1/projects/p/locations/global/publishers/anthropic/models/count-tokens:rawPredict",
        "aiplatform.googleapis.com")]
    [InlineData("/v1/projects/p/locations/us/publishers/anthropic/models/m:rawPredict",
        "aiplatform.us.rep.googleapis.com")]
    [InlineData("/v1/projects/p/locations/eu/publishers/anthropic/models/m:rawPredict",
        "aiplatform.eu.rep.googleapis.com")]
    [InlineData("/v1/publishers/google/models/gemini-2.5-pro:generateContent", "aiplatform.googleapis.com")]
    [InlineData("/v1/projects/p/operations/us-east5", "aiplatform.googleapis.com")]
    [InlineData("/v1/projects/p/locations", "aiplatform.googleapis.com")]
    [InlineData("/", "aiplatform.googleapis.com")]
    public void TryResolve_Vertex_TakesTheHostFromTheLocation(string path, string expectedHost) =>
        Assert.Equal($"https://{expectedHost}{path}", Resolving.Model.Resolve("/google-vertex-ai" + path).Url);

    [Fact]
    public void TryResolve_VertexWithoutPath_AsksForTheRoot() =>
        Assert.Equal("https://aiplatform.googleapis.com/", Resolving.Model.Resolve("/google-vertex-ai").Url);

    [Theory]
    [InlineData("/openai?model=gpt-realtime", "https://api.openai.com/v1/realtime?model=gpt-realtime")]
    [InlineData("/openai/?model=gpt-realtime", "https://api.openai.com/v1/realtime?model=gpt-realtime")]
    [InlineData("/openai/responses", "https://api.openai.com/v1/responses")]
    [InlineData("/cartesia?cartesia_version=1&api_key=k",
        "https://api.cartesia.ai/tts/websocket?cartesia_version=1&api_key=k")]
    [InlineData("/elevenlabs?agent_id=a", "https://api.elevenlabs.io/v1/convai/conversation?agent_id=a")]
    [InlineData("/fal/fal-ai/model", "https://fal.run/fal-ai/model")]
    [InlineData("/google?api_key=k", Live + "?key=k")]
    [InlineData("/google/?x_api_key=1&api_key=k&b=2", Live + "?x_api_key=1&key=k&b=2")]
    [InlineData("/google/ws/a.b?api_key=k", "https://generativelanguage.googleapis.com/ws/a.b?api_key=k")]
    public void TryResolve_WebSocket_GivesTheRealtimePath(string target, string expected) =>
        Assert.Equal(expected, Resolving.Model.Resolve(target, "Connection: Upgrade\r\nUpgrade: websocket\r\n").Url);

    [Theory]
    [InlineData("other/gw-2", "other")]
    [InlineData("acct/gw", "acct")]
    public void TryResolve_WorkersAI_NamesTheAccountOfTheUrl(string gateway, string account) =>
        Assert.Equal(
            $"https://api.cloudflare.com/client/v4/accounts/{account}/ai/run/@cf/m",
            Resolving.Model.Resolve($"/v1/{gateway}/workers-ai/@cf/m").Url);
}
