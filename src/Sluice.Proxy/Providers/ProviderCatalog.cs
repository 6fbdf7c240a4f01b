using System.Diagnostics.CodeAnalysis;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Providers;

/// <summary>The providers that the engine knows by name, and those that settings add.</summary>
internal static class ProviderCatalog
{
    private const string CustomPrefix = "custom-";
    private const int SlugLengthMax = 64;

    private static readonly BuiltInProvider[] BuiltIn =
    [
        Standard("openai", ApiFamily.OpenAI, "https://api.openai.com/v1", realtimePath: "/v1/realtime"),

        // The API has roots besides /v1, such as /api; only what is known to be below /v1 is put there.
        Standard("anthropic", ApiFamily.Anthropic, "https://api.anthropic.com",
            ["messages", "models", "complete", "files"]),
        Special("azure-openai", static url => new AzureOpenAIProvider(url)),
        Special("aws-bedrock", static url => new BedrockProvider(url)),
        Special("google-vertex-ai", static url => new VertexProvider(url)),
        Standard("google-ai-studio", ApiFamily.Gemini, "https://generativelanguage.googleapis.com"),
        Special("google", "https://generativelanguage.googleapis.com", static url => new GoogleRealtimeProvider(url)),
        Special("workers-ai", "https://api.cloudflare.com", static url => new WorkersAIProvider(url)),
        Standard("groq", ApiFamily.OpenAI, "https://api.groq.com/openai/v1"),
        Standard("mistral", ApiFamily.OpenAI, "https://api.mistral.ai",
            ["chat", "fim", "agents", "embeddings", "models", "ocr"]),
        Standard("cohere", ApiFamily.Cohere, "https://api.cohere.com",
            ["chat", "generate", "embed", "rerank", "classify", "tokenize", "detokenize", "models"]),
        Standard("perplexity-ai", ApiFamily.OpenAI, "https://api.perplexity.ai"),
        Standard("grok", ApiFamily.OpenAI, "https://api.x.ai",
            ["chat", "responses", "messages", "completions", "complete", "embeddings", "models", "images"]),
        Standard("deepseek", ApiFamily.OpenAI, "https://api.deepseek.com"),
        Standard("cerebras", ApiFamily.OpenAI, "https://api.cerebras.ai/v1"),
        Standard("openrouter", ApiFamily.OpenAI, "https://openrouter.ai/api/v1"),
        Standard("huggingface", ApiFamily.Unknown, "https://api-inference.huggingface.co/models"),
        Standard("replicate", ApiFamily.Unknown, "https://api.replicate.com/v1"),
        Special("baseten", static url => new BasetenProvider(url)),
        Standard("cartesia", ApiFamily.Unknown, "https://api.cartesia.ai", realtimePath: "/tts/websocket"),
        Standard("elevenlabs", ApiFamily.Unknown, "https://api.elevenlabs.io", realtimePath: "/v1/convai/conversation"),
        Special("fal", static url => new FalProvider(url)),
        Standard("ideogram", ApiFamily.Unknown, "https://api.ideogram.ai"),
        Standard("deepgram", ApiFamily.Unknown, "https://api.deepgram.com"),
        Standard("parallel", ApiFamily.OpenAI, "https://api.parallel.ai"),
        Standard("adobe-firefly", ApiFamily.Unknown, "https://firefly-api.adobe.io"),
    ];

    /// <summary>The slugs of all built-in providers.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. BuiltIn.Select(provider => provider.Slug)];

    /// <summary>Creates all built-in providers.</summary>
    /// <param name="baseUrlOverrides">
    /// By slug, what replaces a provider's base URL: scheme, host, port and path. Where the host of a provider depends
    /// on the path, all its hosts are replaced, and the path is that which the real one would get, below the path of
    /// the override. Slugs that are not built in are not looked at.
    /// </param>
    /// <exception cref="ArgumentException">
    /// An override is not a valid base URL; see <see cref="IsBaseUrl"/>.
    /// </exception>
    public static IReadOnlyList<ProviderModel> CreateAll(IReadOnlyDictionary<string, Uri> baseUrlOverrides) =>
    [
        .. BuiltIn.Select(provider =>
            provider.Create(baseUrlOverrides.TryGetValue(provider.Slug, out var url) ? new UpstreamBase(url) : null)),
    ];

    /// <summary>
    /// Creates a provider from the settings, which is found both as <c>{slug}</c> and as <c>custom-{slug}</c>; a slug
    /// that begins with <c>custom-</c> already is its only name.
    /// </summary>
    /// <param name="slug">Its name.</param>
    /// <param name="baseUrl">What a path is appended to.</param>
    /// <param name="api">The wire format it speaks.</param>
    /// <returns>One model for each name.</returns>
    /// <exception cref="ArgumentException">
    /// The name or the base URL is not valid; see <see cref="IsCustomSlug"/> and <see cref="IsBaseUrl"/>.
    /// </exception>
    public static IReadOnlyList<ProviderModel> CreateCustom(string slug, Uri baseUrl, ApiFamily api)
    {
        if (!IsCustomSlug(slug))
        {
            throw new ArgumentException(
                "The name is built in, reserved or not of a-z, 0-9, '-' and '_'.", nameof(slug));
        }

        var upstream = new UpstreamBase(baseUrl);
        var provider = new StandardProvider(slug, api, upstream);
        return slug.StartsWith(CustomPrefix, StringComparison.Ordinal)
            ? [provider]
            : [provider, new StandardProvider(CustomPrefix + slug, api, upstream)];
    }

    /// <summary>
    /// Whether a provider from the settings may have this name: at most 64 lower-case letters, digits, hyphens and
    /// underscores, not that of a built-in provider, and not one that means something else at its place in a path.
    /// </summary>
    public static bool IsCustomSlug(string slug) =>
        slug.Length is > 0 and <= SlugLengthMax
        && slug.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')
        && slug is not ("v1" or "compat" or "universal")
        && !Names.Contains(slug);

    /// <summary>Whether a URL can be a base URL: absolute, http or https, without user, query and fragment.</summary>
    public static bool IsBaseUrl(Uri url) => UpstreamBase.IsValid(url);

    /// <summary>
    /// Reads the name of a wire format, as it stands in settings: that of an <see cref="ApiFamily"/> in lower case.
    /// </summary>
    /// <returns>False where there is no such format.</returns>
    public static bool TryParseApi([NotNullWhen(true)] string? name, out ApiFamily api)
    {
        (var isKnown, api) = name switch
        {
            "unknown" => (true, ApiFamily.Unknown),
            "anthropic" => (true, ApiFamily.Anthropic),
            "openai" => (true, ApiFamily.OpenAI),
            "gemini" => (true, ApiFamily.Gemini),
            "bedrock" => (true, ApiFamily.Bedrock),
            "vertex" => (true, ApiFamily.Vertex),
            "cohere" => (true, ApiFamily.Cohere),
            _ => (false, ApiFamily.Unknown),
        };
        return isKnown;
    }

    private static BuiltInProvider Standard(
        string slug,
        ApiFamily api,
        string baseUrl,
        IReadOnlyList<string>? unversioned = null,
        string realtimePath = "") =>
        Special(slug, baseUrl, url => new StandardProvider(slug, api, url)
        {
            Unversioned = unversioned ?? [],
            RealtimePath = realtimePath,
        });

    private static BuiltInProvider Special(string slug, string baseUrl, Func<UpstreamBase, ProviderModel> create) =>
        new(slug, url => create(url ?? new UpstreamBase(new Uri(baseUrl))));

    private static BuiltInProvider Special(string slug, Func<UpstreamBase?, ProviderModel> create) => new(slug, create);

    private sealed record BuiltInProvider(string Slug, Func<UpstreamBase?, ProviderModel> Create);
}
