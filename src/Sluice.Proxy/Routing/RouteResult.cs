using Sluice.Proxy.Model;

namespace Sluice.Proxy.Routing;

/// <summary>What <see cref="GatewayResolver"/> made of a request target.</summary>
/// <param name="Status">Whether it leads anywhere.</param>
/// <param name="Gateway">Whose policies apply; null where no gateway was found.</param>
/// <param name="Provider">Where the request goes; null where no provider was found.</param>
/// <param name="AskedFor">
/// The name that was not found, cut and made printable so that an error may repeat it; null with other statuses.
/// </param>
/// <param name="Hint">
/// What is wrong and what to do, in words for the request's sender; null where a target was found.
/// </param>
internal readonly record struct RouteResult(
    RouteStatus Status,
    GatewayModel? Gateway = null,
    ProviderModel? Provider = null,
    string? AskedFor = null,
    string? Hint = null);
