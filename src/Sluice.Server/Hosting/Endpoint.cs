using Sluice.Configuration;

namespace Sluice.Server.Hosting;

/// <summary>A listener that is open.</summary>
/// <param name="Address">What the settings say.</param>
/// <param name="Port">The port that was bound.</param>
internal sealed record Endpoint(ListenAddress Address, int Port)
{
    /// <summary>The URL for a client on this machine.</summary>
    public string LocalUrl => Address.ToLocalUrl(Port);

    /// <summary>The URL with the address as the settings have it.</summary>
    public string Url => Address.IsAny ? $"{LocalUrl} (all addresses)" : LocalUrl;
}
