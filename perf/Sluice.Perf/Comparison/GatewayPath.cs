using System.Net;

namespace Sluice.Perf.Comparison;

/// <summary>The one path that all contenders get: what Sluice forwards to its provider <c>anthropic</c>.</summary>
internal static class GatewayPath
{
    public static Uri On(IPEndPoint endPoint) => new($"http://{endPoint}/v1/local/default/anthropic/v1/messages");
}
