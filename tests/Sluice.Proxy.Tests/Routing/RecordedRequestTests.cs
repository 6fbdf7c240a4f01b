using Sluice.Testing;

namespace Sluice.Proxy.Tests.Routing;

/// <summary>Every request that a real client has sent, and where it has to go.</summary>
public sealed class RecordedRequestTests
{
    private const string Anthropic = "https://api.anthropic.com";
    private const string OpenAI = "https://api.openai.com/v1";
    private const string Bedrock = "https://bedrock-runtime.us-east-1.amazonaws.com/model/";
    private const string Sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1";
    private const string Profiles = "https://bedrock.us-east-1.amazonaws.com/inference-profiles?type=SYSTEM_DEFINED";
    private const string Gemini = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:";
    private const string Vertex =
        "https://us-east5-aiplatform.googleapis.com/v1/projects/proj-1/locations/us-east5/publishers/anthropic/models/";

    private static readonly Dictionary<string, string> Expected = new()
    {
        ["anthropic-bedrock-sdk-signed-stream"] = Bedrock + Sonnet + ":0/invoke-with-response-stream",
        ["anthropic-sdk-count-tokens"] = Anthropic + "/v1/messages/count_tokens",
        ["anthropic-sdk-messages"] = Anthropic + "/v1/messages",
        ["anthropic-sdk-stream"] = Anthropic + "/v1/messages",
        ["anthropic-vertex-sdk-stream"] = Vertex + "claude-sonnet-4-5@20250929:streamRawPredict",
        ["aws-sdk-signed-converse-stream"] = Bedrock + Sonnet + "%3A0/converse-stream",
        ["aws-sdk-signed-invoke-stream"] = Bedrock + Sonnet + "%3A0/invoke-with-response-stream",
        ["claude-code-bedrock-arn-stream-head"] =
            Bedrock
            + "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile%2Fabc123def"
            + "/invoke-with-response-stream",
        ["claude-code-bedrock-bearer-probe"] = Bedrock + Sonnet + ":0/invoke",
        ["claude-code-bedrock-inference-profiles"] = Profiles,
        ["claude-code-bedrock-inference-profiles-double-slash"] = Profiles,
        ["claude-code-bedrock-signed-probe"] = Bedrock + Sonnet + ":0/invoke",
        ["claude-code-bedrock-stream"] = Bedrock + Sonnet + ":0/invoke-with-response-stream",
        ["claude-code-count-tokens-small"] = Anthropic + "/v1/messages/count_tokens?beta=true",
        ["claude-code-count-tokens-tools"] = Anthropic + "/v1/messages/count_tokens?beta=true",
        ["claude-code-head-preflight"] = Anthropic + "/",
        ["claude-code-models"] = Anthropic + "/v1/models?limit=1000",
        ["claude-code-title"] = Anthropic + "/v1/messages?beta=true",
        ["claude-code-tool-turn2"] = Anthropic + "/v1/messages?beta=true",
        ["claude-code-tool-turn3"] = Anthropic + "/v1/messages?beta=true",
        ["claude-code-turn1"] = Anthropic + "/v1/messages?beta=true",
        ["claude-code-vertex-count-tokens"] = Vertex + "count-tokens:rawPredict",
        ["claude-code-vertex-stream"] = Vertex + "claude-sonnet-4-5@20250929:streamRawPredict",
        ["claude-code-websearch"] = Anthropic + "/v1/messages?beta=true",
        ["codex-responses-stream"] = OpenAI + "/responses",
        ["codex-websocket-upgrade"] = OpenAI + "/responses",
        ["gemini-cli-stream"] = Gemini + "streamGenerateContent?alt=sse",
        ["google-genai-generate"] = Gemini + "generateContent",
        ["google-genai-stream"] = Gemini + "streamGenerateContent?alt=sse",
        ["openai-sdk-chat-stream"] = OpenAI + "/chat/completions",
        ["openai-sdk-chat-stream-usage"] = OpenAI + "/chat/completions",
        ["openai-sdk-embeddings"] = OpenAI + "/embeddings",
        ["openai-sdk-file-upload"] = OpenAI + "/files",
        ["openai-sdk-responses-stream"] = OpenAI + "/responses",
        ["opencode-anthropic-stream"] = Anthropic + "/v1/messages",
        ["opencode-openai-chat-stream"] = OpenAI + "/chat/completions",
    };

    public static TheoryData<string> Names => [.. FixtureFiles.Requests];

    [Theory]
    [MemberData(nameof(Names))]
    public void Resolve_RecordedRequest_GoesToItsProvider(string name)
    {
        var head = FixtureFiles.Split(FixtureFiles.ReadRequest(name)).Head;

        Assert.Equal(Expected[name], Resolving.Model.Resolve(head).Url);
    }
}
