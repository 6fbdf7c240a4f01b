using System.Buffers;

namespace Sluice.Configuration.Validators;

/// <summary>Routes: prefixes, and the gateways and providers that they name.</summary>
internal sealed class RouteValidator : ISettingsValidator
{
    // RFC 3986, 3.3: what stands in a path without being escaped, and the sign of an escape.
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(
        "/%-._~!$&'()*+,;=:@0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public void Validate(SluiceSettings settings, SettingsErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < settings.Routes.Count; index++)
        {
            var route = settings.Routes[index];
            var path = SettingPath.Root.Member("routes").Item(index);
            if (PathProblem(route.Path, settings) is { } problem)
            {
                errors.Add(path.Member("path"), problem);
            }
            else if (!seen.Add(RouteNames.Normalize(route.Path)))
            {
                errors.Add(path.Member("path"), $"there is a route for \"{route.Path}\" already");
            }

            CheckProvider(route, settings, path.Member("provider"), errors);
            CheckGateway(route, settings, path.Member("gateway"), errors);
        }
    }

    private static string? PathProblem(string path, SluiceSettings settings)
    {
        if (path.Length == 0)
        {
            return "is missing: it must be a prefix, as \"/anything\"";
        }

        if (path[0] != '/' || path.AsSpan().ContainsAnyExcept(PathCharacters))
        {
            return $"\"{path}\" must begin with a slash and have only what a URL's path may have";
        }

        var normal = RouteNames.Normalize(path);
        if (normal.Split('/').Any(segment => segment is "." or ".."))
        {
            return $"\"{path}\" must not have a segment \".\" or \"..\"";
        }

        var hidesDataPlane = normal is "" or "/v1"
            || settings.Gateways.Any(
                gateway => $"{normal}/".StartsWith($"/v1/{gateway.AccountId}/", StringComparison.Ordinal));
        return hidesDataPlane ? $"\"{path}\" would hide /v1/{{account}}/{{gateway}}/...; take another prefix" : null;
    }

    private static void CheckProvider(
        RouteSettings route, SluiceSettings settings, SettingPath path, SettingsErrors errors)
    {
        if (route.Provider.Length == 0)
        {
            errors.Add(path, "is missing: it must be the name of a provider");
        }
        else if (!RouteNames.Providers(settings).Contains(route.Provider))
        {
            errors.Add(path, $"there is no provider \"{route.Provider}\""
                + Suggestion.For(route.Provider, RouteNames.Providers(settings)));
        }
    }

    private static void CheckGateway(
        RouteSettings route, SluiceSettings settings, SettingPath path, SettingsErrors errors)
    {
        if (route.Gateway is null)
        {
            return;
        }

        var found = RouteNames.FindGateways(route.Gateway, settings);
        if (found.Count == 0)
        {
            errors.Add(path, $"there is no gateway \"{route.Gateway}\""
                + Suggestion.For(route.Gateway, settings.Gateways.Select(gateway => gateway.Id)));
        }
        else if (found.Count > 1)
        {
            var names = found
                .Select(index => settings.Gateways[index])
                .Select(gateway => $"\"{gateway.AccountId}/{gateway.Id}\"");
            errors.Add(
                path, $"several accounts have a gateway \"{route.Gateway}\"; take one of {string.Join(", ", names)}");
        }
    }
}
