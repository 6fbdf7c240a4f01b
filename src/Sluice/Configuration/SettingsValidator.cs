using Sluice.Configuration.Validators;

namespace Sluice.Configuration;

/// <summary>
/// Checks settings whose kinds are right: ranges, names, and what must fit together. Reports everything.
/// </summary>
internal static class SettingsValidator
{
    private static readonly ISettingsValidator[] Validators =
    [
        new ServerValidator(),
        new TlsValidator(),
        new ProviderValidator(),
        new GatewayValidator(),
        new RouteValidator(),
        new LimitValidator(),
        new UpstreamValidator(),
    ];

    /// <summary>Checks settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="proxies">What the environment says of proxies.</param>
    /// <param name="errors">Is told of everything that is wrong.</param>
    public static void Check(SluiceSettings settings, ProxyVariables proxies, SettingsErrors errors)
    {
        foreach (var validator in Validators)
        {
            validator.Validate(settings, errors);
        }

        if (settings.Upstream.Proxy is null)
        {
            CheckVariable(proxies.Http, errors);
            if (proxies.Https?.Key != proxies.Http?.Key)
            {
                CheckVariable(proxies.Https, errors);
            }
        }
    }

    private static void CheckVariable(KeyValuePair<string, string>? variable, SettingsErrors errors)
    {
        if (variable is { } proxy && !ProxyVariables.TryParse(proxy.Value, out _, out var problem))
        {
            errors.Add(proxy.Key, 0, "", problem + "; to connect without it, set upstream.proxy to \"\"");
        }
    }
}
