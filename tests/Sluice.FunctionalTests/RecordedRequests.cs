using System.Globalization;
using System.Text;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>What an upstream has to receive of each recorded request, worked out without code of the engine.</summary>
internal static class RecordedRequests
{
    private const string Model = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1";
    private const string Gemini = "/v1beta/models/gemini-2.5-flash:";
    private const string Vertex = "/v1/projects/proj-1/locations/us-east5/publishers/anthropic/models/";

    private static readonly string[] HopByHop =
    [
        "connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "transfer-encoding", "upgrade",
    ];

    private static readonly Dictionary<string, string> Targets = new()
    {
        ["anthropic-bedrock-sdk-signed-stream"] = Model + ":0/invoke-with-response-stream",
        ["anthropic-sdk-count-tokens"] = "/v1/messages/count_tokens",
        ["anthropic-sdk-messages"] = "/v1/messages",
        ["anthropic-sdk-stream"] = "/v1/messages",
        ["anthropic-vertex-sdk-stream"] = Vertex + "claude-sonnet-4-5@20250929:streamRawPredict",
        ["aws-sdk-signed-converse-stream"] = Model + "%3A0/converse-stream",
        ["aws-sdk-signed-invoke-stream"] = Model + "%3A0/invoke-with-response-stream",
        ["claude-code-bedrock-arn-stream-head"] = "/model/arn:aws:bedrock:us-east-1:123456789012:"
            + "application-inference-profile%2Fabc123def/invoke-with-response-stream",
        ["claude-code-bedrock-bearer-probe"] = Model + ":0/invoke",
        ["claude-code-bedrock-inference-profiles"] = "/inference-profiles?type=SYSTEM_DEFINED",
        ["claude-code-bedrock-inference-profiles-double-slash"] = "/inference-profiles?type=SYSTEM_DEFINED",
        ["claude-code-bedrock-signed-probe"] = Model + ":0/invoke",
        ["claude-code-bedrock-stream"] = Model + ":0/invoke-with-response-stream",
        ["claude-code-count-tokens-small"] = "/v1/messages/count_tokens?beta=true",
        ["claude-code-count-tokens-tools"] = "/v1/messages/count_tokens?beta=true",
        ["claude-code-head-preflight"] = "/",
        ["claude-code-models"] = "/v1/models?limit=1000",
        ["claude-code-title"] = "/v1/messages?beta=true",
        ["claude-code-tool-turn2"] = "/v1/messages?beta=true",
        ["claude-code-tool-turn3"] = "/v1/messages?beta=true",
        ["claude-code-turn1"] = "/v1/messages?beta=true",
        ["claude-code-vertex-count-tokens"] = Vertex + "count-tokens:rawPredict",
        ["claude-code-vertex-stream"] = Vertex + "claude-sonnet-4-5@20250929:streamRawPredict",
        ["claude-code-websearch"] = "/v1/messages?beta=true",
        ["codex-responses-stream"] = "/responses",
        ["codex-websocket-upgrade"] = "/responses",
        ["gemini-cli-stream"] = Gemini + "streamGenerateContent?alt=sse",
        ["google-genai-generate"] = Gemini + "generateContent",
        ["google-genai-stream"] = Gemini + "streamGenerateContent?alt=sse",
        ["openai-sdk-chat-stream"] = "/chat/completions",
        ["openai-sdk-chat-stream-usage"] = "/chat/completions",
        ["openai-sdk-embeddings"] = "/embeddings",
        ["openai-sdk-file-upload"] = "/files",
        ["openai-sdk-responses-stream"] = "/responses",
        ["opencode-anthropic-stream"] = "/v1/messages",
        ["opencode-openai-chat-stream"] = "/chat/completions",
    };

    /// <summary>Whether a recorded request is answered without a body.</summary>
    public static bool IsHead(string name) => name == "claude-code-head-preflight";

    /// <summary>The bytes that the client sends. Where only the head was recorded, a made-up body follows.</summary>
    public static byte[] Sent(string name)
    {
        var message = FixtureFiles.ReadRequest(name);
        var (head, body) = FixtureFiles.Split(message);
        if (body.Length > 0)
        {
            return message;
        }

        var length = HeaderLines(head)
            .Where(line => NameOf(line) == "content-length")
            .Select(line => int.Parse(line.AsSpan(15), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture))
            .SingleOrDefault();
        return [.. head, .. Enumerable.Range(0, length).Select(i => (byte)i)];
    }

    /// <summary>The bytes that the upstream has to receive.</summary>
    public static string Expected(string name, int upstreamPort)
    {
        var (head, body) = FixtureFiles.Split(Sent(name));
        var text = Encoding.Latin1.GetString(head);
        var method = text[..text.IndexOf(' ', StringComparison.Ordinal)];
        var expected = new StringBuilder($"{method} {Targets[name]} HTTP/1.1\r\n");
        foreach (var line in HeaderLines(head))
        {
            var lineName = NameOf(line);
            if (lineName == "host")
            {
                expected.Append(CultureInfo.InvariantCulture, $"Host: 127.0.0.1:{upstreamPort}\r\n");
            }
            else if (!HopByHop.Contains(lineName) && !lineName.StartsWith("cf-aig-", StringComparison.Ordinal))
            {
                expected.Append(line).Append("\r\n");
            }
        }

        if (name == "codex-websocket-upgrade")
        {
            expected.Append("Connection: Upgrade\r\nUpgrade: websocket\r\n");
        }

        return expected.Append("\r\n").Append(Encoding.Latin1.GetString(body)).ToString();
    }

    private static IEnumerable<string> HeaderLines(byte[] head) =>
        Encoding.Latin1.GetString(head).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1);

    private static string NameOf(string line) => line[..line.IndexOf(':', StringComparison.Ordinal)].ToLowerInvariant();
}
