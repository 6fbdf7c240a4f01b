namespace Sluice.Proxy.Model;

/// <summary>A gateway: an entry for clients, with its policies.</summary>
/// <param name="AccountId">The account in the URL.</param>
/// <param name="Id">The gateway's id in the URL.</param>
/// <param name="CollectLogs">Whether its exchanges are recorded.</param>
internal sealed record GatewayModel(string AccountId, string Id, bool CollectLogs)
{
    /// <summary><c>account/id</c>, as it stands in a path.</summary>
    public string Key { get; } = $"{AccountId}/{Id}";
}
