using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Sluice.Proxy.Providers;

namespace Sluice.Configuration.Validators;

/// <summary>Providers: names, base URLs and wire formats.</summary>
internal sealed class ProviderValidator : ISettingsValidator
{
    private const string CustomPrefix = "custom-";

    // RFC 9110, 5.6.2.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public void Validate(SluiceSettings settings, SettingsErrors errors)
    {
        foreach (var (slug, provider) in settings.Providers)
        {
            var path = SettingPath.Root.Member("providers").Member(slug);
            if (ProviderCatalog.Names.Contains(slug))
            {
                CheckBuiltIn(provider, path, errors);
            }
            else
            {
                CheckCustom(slug, provider, settings, path, errors);
            }

            if (provider.BaseUrl is not null && !TryParseBaseUrl(provider.BaseUrl, out _, out var problem))
            {
                errors.Add(path.Member("base_url"), problem);
            }

            if (provider.AuthHeader is { } name && !IsToken(name))
            {
                errors.Add(path.Member("auth_header"), $"\"{name}\" is not the name of a header");
            }
        }
    }

    /// <summary>Reads a base URL.</summary>
    /// <param name="text">As <c>https://llm.example/v1</c>.</param>
    /// <param name="url">The URL.</param>
    /// <param name="problem">What is wrong; does not show the text where it holds a password.</param>
    internal static bool TryParseBaseUrl(
        string text,
        [NotNullWhen(true)] out Uri? url,
        [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out url)
            || url.Scheme is not ("http" or "https")
            || url.IdnHost.Length == 0)
        {
            problem = $"\"{text}\" is not a base URL: it must begin with http:// or https:// and a host, "
                + "as https://llm.example/v1";
        }
        else if (url.UserInfo.Length > 0)
        {
            problem = "must not have a user name or a password; clients send their credentials in a header";
        }
        else if (text.AsSpan().ContainsAny('?', '#'))
        {
            problem = $"\"{text}\" must not have a query or a fragment; requests bring their own";
        }
        else if (!ProviderCatalog.IsBaseUrl(url))
        {
            problem = $"\"{text}\" is not a base URL";
        }

        return problem is null;
    }

    private static void CheckBuiltIn(ProviderSettings provider, SettingPath path, SettingsErrors errors)
    {
        if (provider.Api is not null)
        {
            errors.Add(path.Member("api"), "belongs to a built-in provider, whose wire format is fixed; leave it out, "
                + "or give the provider a name of its own");
        }
    }

    private static void CheckCustom(
        string slug, ProviderSettings provider, SluiceSettings settings, SettingPath path, SettingsErrors errors)
    {
        if (!ProviderCatalog.IsCustomSlug(slug))
        {
            errors.Add(path, "is no name for a provider: it must have 1 to 64 of a-z, 0-9, - and _, "
                + "and must not be v1, compat or universal");
            return;
        }

        // A provider is found under its name with that prefix too, as Cloudflare's custom providers are.
        var plain = slug.StartsWith(CustomPrefix, StringComparison.Ordinal) ? slug[CustomPrefix.Length..] : "";
        if (settings.Providers.ContainsKey(plain) && !ProviderCatalog.Names.Contains(plain))
        {
            errors.Add(path, $"has the same address as the provider \"{plain}\"; drop one of them");
        }

        if (provider.BaseUrl is null)
        {
            errors.Add(path.Member("base_url"), "is missing: no built-in provider has this name"
                + Suggestion.For(slug, ProviderCatalog.Names));
        }

        if (provider.Api is { } api && !ProviderCatalog.TryParseApi(api, out _))
        {
            errors.Add(
                path.Member("api"),
                $"\"{api}\" is not a wire format: it must be one of anthropic, openai, gemini, bedrock, vertex, "
                + "cohere, unknown");
        }
    }

    private static bool IsToken(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(TokenCharacters);
}
