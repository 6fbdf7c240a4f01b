namespace Sluice.Proxy.Model;

/// <summary>
/// The wire format that a provider speaks; decides how its responses are understood after they have passed.
/// </summary>
internal enum ApiFamily : byte
{
    /// <summary>Not known; the bytes pass all the same.</summary>
    Unknown,

    /// <summary>Anthropic Messages.</summary>
    Anthropic,

    /// <summary>OpenAI Chat Completions, Responses and Embeddings, and all that copy them.</summary>
    OpenAI,

    /// <summary>Gemini <c>generateContent</c>.</summary>
    Gemini,

    /// <summary>Amazon Bedrock: JSON, or <c>application/vnd.amazon.eventstream</c>.</summary>
    Bedrock,

    /// <summary>Vertex AI: Gemini's format, or a partner's own behind <c>rawPredict</c>.</summary>
    Vertex,

    /// <summary>Cohere v2.</summary>
    Cohere,
}
