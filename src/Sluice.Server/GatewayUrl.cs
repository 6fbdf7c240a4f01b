using Sluice.Configuration;

namespace Sluice.Server;

/// <summary>The URLs below which a gateway's providers are.</summary>
internal static class GatewayUrl
{
    /// <summary>The base URL of a gateway, without a slash at its end.</summary>
    /// <param name="listener">The listener's URL.</param>
    /// <param name="gateway">The gateway.</param>
    public static string Of(string listener, GatewaySettings gateway) =>
        $"{listener}/v1/{gateway.AccountId}/{gateway.Id}";
}
