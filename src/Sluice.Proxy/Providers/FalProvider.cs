using System.Text;
using Sluice.Http;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Providers;

/// <summary>
/// fal: a path below <c>https://fal.run</c>, or the whole target in <c>x-fal-target-url</c>, as fal's clients send it
/// to a proxy. That field comes from whoever sends the request, so that only fal's own hosts are accepted in it.
/// </summary>
/// <param name="replacement">Replaces all hosts; null for none.</param>
internal sealed class FalProvider(UpstreamBase? replacement) : ProviderModel("fal", ApiFamily.Unknown)
{
    private const string Problem =
        "x-fal-target-url must be an https:// URL of a host at fal.run or fal.ai, without port, fragment and dot "
        + "segments.";

    private readonly ReadOnlyMemory<byte> _basePath = replacement?.Path ?? default;
    private readonly UpstreamAddress _run = replacement?.Address ?? new("fal.run", 443, isTls: true);
    private readonly UpstreamAddress _ai = replacement?.Address ?? new("fal.ai", 443, isTls: true);

    // "rest.alpha.fal.ai" takes the uploads; the longer ending is looked at first.
    private readonly (byte[] Ending, DerivedHosts Hosts)[] _subdomains =
    [
        Subdomains(".fal.run", replacement),
        Subdomains(".alpha.fal.ai", replacement),
        Subdomains(".fal.ai", replacement),
    ];

    /// <inheritdoc/>
    public override bool TryResolve(in ProviderRequest request, UpstreamTarget target)
    {
        target.Append(_basePath.Span);
        if (request.Headers.TryGetValue(KnownHeader.FalTargetUrl, out var url))
        {
            target.OmitHeaders |= 1UL << (int)KnownHeader.FalTargetUrl;
            return TryTakeUrl(url, target);
        }

        target.Address = _run;
        target.Append(request.Path.IsEmpty ? "/"u8 : request.Path);
        target.Append(request.Query);
        return true;
    }

    // Only visible characters become part of the request target: a space in it would end the request line early.
    private bool TryTakeUrl(ReadOnlySpan<byte> url, UpstreamTarget target)
    {
        if (url.Length < 8
            || !Ascii.EqualsIgnoreCase(url[..8], "https://"u8)
            || url.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0
            || url.Contains((byte)'#'))
        {
            return target.Fail(Problem);
        }

        url = url[8..];
        var hostLength = LengthBefore(url, url.IndexOfAny((byte)'/', (byte)'?'));
        if (!TryFindAddress(url[..hostLength], out var address))
        {
            return target.Fail(Problem);
        }

        var pathAndQuery = url[hostLength..];
        var path = pathAndQuery[..LengthBefore(pathAndQuery, pathAndQuery.IndexOf((byte)'?'))];
        if (PathSegments.HasDots(path))
        {
            return target.Fail(Problem);
        }

        target.Address = address;
        target.Append(path.IsEmpty ? "/"u8 : default);
        target.Append(pathAndQuery);
        return true;
    }

    private static int LengthBefore(ReadOnlySpan<byte> text, int index) => index < 0 ? text.Length : index;

    private static (byte[] Ending, DerivedHosts Hosts) Subdomains(string ending, UpstreamBase? replacement) =>
        (Encoding.ASCII.GetBytes(ending), new DerivedHosts("", ending, replacement?.Address));

    private bool TryFindAddress(ReadOnlySpan<byte> host, out UpstreamAddress? address)
    {
        address = host.SequenceEqual("fal.run"u8) ? _run : host.SequenceEqual("fal.ai"u8) ? _ai : null;
        if (address is not null)
        {
            return true;
        }

        foreach (var (ending, hosts) in _subdomains)
        {
            if (host.EndsWith(ending))
            {
                return hosts.TryGet(host[..^ending.Length], out address);
            }
        }

        return false;
    }
}
