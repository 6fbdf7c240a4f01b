using System.Diagnostics.CodeAnalysis;

namespace Sluice.Configuration;

/// <summary>What the environment says of proxies, for settings that say nothing.</summary>
internal sealed record ProxyVariables
{
    // Upper-case HTTP_PROXY is not among them: under CGI a client can set it with a header field, so curl and others
    // leave it alone, and a proxy for plaintext upstreams is rare.
    private static readonly string[] HttpNames = ["http_proxy", "all_proxy", "ALL_PROXY"];
    private static readonly string[] HttpsNames = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    private static readonly string[] NoProxyNames = ["no_proxy", "NO_PROXY"];

    /// <summary>The variable and the value that stand for plaintext upstreams; null where there is none.</summary>
    public KeyValuePair<string, string>? Http { get; init; }

    /// <summary>The variable and the value that stand for TLS upstreams; null where there is none.</summary>
    public KeyValuePair<string, string>? Https { get; init; }

    /// <summary>The value of <c>NO_PROXY</c>; empty where there is none.</summary>
    public string NoProxy { get; init; } = "";

    /// <summary>The variables of an environment.</summary>
    public static ProxyVariables From(IReadOnlyDictionary<string, string> environment) => new()
    {
        Http = Find(environment, HttpNames),
        Https = Find(environment, HttpsNames),
        NoProxy = Find(environment, NoProxyNames)?.Value ?? "",
    };

    /// <summary>Reads a proxy's URL, with or without a scheme.</summary>
    /// <param name="text">As <c>http://user:secret@proxy:3128</c> or <c>proxy:3128</c>.</param>
    /// <param name="proxy">The URL.</param>
    /// <param name="problem">What is wrong; never shows the text, which may hold a password.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out Uri? proxy,
        [NotNullWhen(false)] out string? problem)
    {
        var url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (!Uri.TryCreate(url, UriKind.Absolute, out proxy) || proxy.Host.Length == 0)
        {
            problem = "must be the URL of a proxy, as http://proxy.example:3128";
        }
        else if (proxy.Scheme != Uri.UriSchemeHttp)
        {
            problem = $"names a proxy of kind \"{proxy.Scheme}\": only http:// proxies are available in this version";
        }
        else if (proxy.AbsolutePath != "/" || proxy.Query.Length > 0 || proxy.Fragment.Length > 0)
        {
            problem = "must be the URL of a proxy without path, query and fragment";
        }
        else
        {
            problem = null;
            return true;
        }

        proxy = null;
        return false;
    }

    private static KeyValuePair<string, string>? Find(IReadOnlyDictionary<string, string> environment, string[] names)
    {
        foreach (var name in names)
        {
            if (environment.TryGetValue(name, out var value) && value.Length > 0)
            {
                return KeyValuePair.Create(name, value);
            }
        }

        return null;
    }
}
