using Sluice.Proxy.Model;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Pipeline;

/// <summary>
/// What is in force when an exchange begins: settings, and the upstream connections that belong to them.
/// </summary>
internal sealed record EngineSnapshot(EngineModel Model, UpstreamPools Pools);
