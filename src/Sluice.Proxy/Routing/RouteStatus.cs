namespace Sluice.Proxy.Routing;

/// <summary>What a request target turned out to name.</summary>
internal enum RouteStatus : byte
{
    /// <summary>A gateway, a provider and an address.</summary>
    Found,

    /// <summary>Nothing of this engine: 404, or the next connection middleware's.</summary>
    NotFound,

    /// <summary>An account and gateway that do not exist.</summary>
    UnknownGateway,

    /// <summary>A gateway that exists, and below it a provider that does not.</summary>
    UnknownProvider,

    /// <summary>A path that does not say where to go, or that tries to leave the provider's part of the host.</summary>
    InvalidPath,

    /// <summary>An endpoint of Cloudflare's gateway that this engine does not have.</summary>
    Unsupported,
}
