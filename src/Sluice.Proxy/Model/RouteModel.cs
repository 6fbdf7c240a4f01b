
namespace Sluice.Proxy.Model;

/// <summary>A fixed path prefix that leads to one provider, as Kong's routes do.</summary>
/// <param name="Path">The prefix: begins with a slash, ends without one.</param>
/// <param name="Gateway">Whose policies apply.</param>
/// <param name="Provider">Where the rest of the path goes.</param>
internal sealed record RouteModel(string Path, GatewayModel Gateway, ProviderModel Provider);
