using Sluice.Proxy.Model;
using Sluice.Proxy.Providers;

namespace Sluice.Proxy.Tests.Providers;

public sealed class ProviderCatalogTests
{
    private static readonly Uri SomeUrl = new("https://llm.example/v1");

    [Fact]
    public void CreateAll_NoOverrides_HasOneProviderForEachName()
    {
        var providers = ProviderCatalog.CreateAll(new Dictionary<string, Uri>());

        Assert.Equal(ProviderCatalog.Names, providers.Select(provider => provider.Slug));
        Assert.Equal(ProviderCatalog.Names.Count, ProviderCatalog.Names.Distinct().Count());
    }

    [Theory]
    [InlineData("anthropic", nameof(ApiFamily.Anthropic))]
    [InlineData("openai", nameof(ApiFamily.OpenAI))]
    [InlineData("azure-openai", nameof(ApiFamily.OpenAI))]
    [InlineData("google-ai-studio", nameof(ApiFamily.Gemini))]
    [InlineData("google-vertex-ai", nameof(ApiFamily.Vertex))]
    [InlineData("aws-bedrock", nameof(ApiFamily.Bedrock))]
    [InlineData("cohere", nameof(ApiFamily.Cohere))]
    [InlineData("grok", nameof(ApiFamily.OpenAI))]
    [InlineData("elevenlabs", nameof(ApiFamily.Unknown))]
    public void CreateAll_Provider_SpeaksItsFormat(string slug, string api) =>
        Assert.Equal(
            api,
            ProviderCatalog.CreateAll(new Dictionary<string, Uri>()).Single(p => p.Slug == slug).Api.ToString());

    [Fact]
    public void CreateAll_OverrideOfAnUnknownSlug_IsNotLookedAt() =>
        Assert.Equal(
            ProviderCatalog.Names.Count,
            ProviderCatalog.CreateAll(new Dictionary<string, Uri> { ["my-llm"] = SomeUrl }).Count);

    [Theory]
    [InlineData("ftp://llm.example")]
    [InlineData("https://user:secret@llm.example")]
    [InlineData("https://llm.example/?a=b")]
    [InlineData("https://llm.example/#a")]
    [InlineData("llm.example")]
    public void CreateAll_OverrideThatIsNoBaseUrl_Throws(string url)
    {
        var overrides = new Dictionary<string, Uri> { ["openai"] = new(url, UriKind.RelativeOrAbsolute) };

        Assert.False(ProviderCatalog.IsBaseUrl(overrides["openai"]));
        Assert.Throws<ArgumentException>(() => ProviderCatalog.CreateAll(overrides));
    }

    [Theory]
    [InlineData("my-llm", new[] { "my-llm", "custom-my-llm" })]
    [InlineData("custom-my-llm", new[] { "custom-my-llm" })]
    public void CreateCustom_Slug_IsFoundWithAndWithoutThePrefix(string slug, string[] expected)
    {
        var providers = ProviderCatalog.CreateCustom(slug, SomeUrl, ApiFamily.Anthropic);

        Assert.Equal(expected, providers.Select(provider => provider.Slug));
        Assert.All(providers, provider => Assert.Equal(ApiFamily.Anthropic, provider.Api));
    }

    [Theory]
    [InlineData("")]
    [InlineData("My-LLM")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("v1")]
    [InlineData("compat")]
    [InlineData("universal")]
    [InlineData("openai")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void CreateCustom_NameThatCannotBeUsed_Throws(string slug)
    {
        Assert.False(ProviderCatalog.IsCustomSlug(slug));
        Assert.Throws<ArgumentException>(() => ProviderCatalog.CreateCustom(slug, SomeUrl, ApiFamily.OpenAI));
    }

    [Fact]
    public void TryParseApi_EveryFamily_IsReadByItsNameInLowerCase()
    {
        foreach (var family in Enum.GetValues<ApiFamily>())
        {
            Assert.True(ProviderCatalog.TryParseApi(family.ToString().ToLowerInvariant(), out var parsed));
            Assert.Equal(family, parsed);
        }
    }

    [Theory]
    [InlineData("OpenAI")]
    [InlineData("")]
    [InlineData(null)]
    public void TryParseApi_OtherText_IsRefused(string? name) => Assert.False(ProviderCatalog.TryParseApi(name, out _));
}
