using System.Text;
using Sluice.Proxy.Model;
using Sluice.Proxy.Routing;

namespace Sluice.Proxy.Tests.Routing;

/// <summary>What became of one request target.</summary>
/// <param name="Result">The resolver's answer.</param>
/// <param name="Target">Where the request goes.</param>
internal sealed record Resolved(RouteResult Result, UpstreamTarget Target)
{
    /// <summary>The whole upstream URL, or the status where there is none.</summary>
    public string Url => Result.Status == RouteStatus.Found
        ? $"{Scheme}://{Host}{Encoding.Latin1.GetString(Target.Target)}"
        : Result.Status.ToString();

    private string Host => Encoding.ASCII.GetString(Target.Address!.HostHeader.Span);

    private string Scheme => Target.Address!.IsTls ? "https" : "http";
}
