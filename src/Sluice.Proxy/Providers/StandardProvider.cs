using System.Text;
using Sluice.Http;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Providers;

/// <summary>A provider at one address, whose paths are those of its own API below a base URL.</summary>
/// <param name="slug">Its name in URLs.</param>
/// <param name="api">The wire format it speaks.</param>
/// <param name="baseUrl">What a path is appended to; see <see cref="UpstreamBase"/> for versions.</param>
internal sealed class StandardProvider(string slug, ApiFamily api, UpstreamBase baseUrl) : ProviderModel(slug, api)
{
    private byte[][] _unversioned = [];
    private byte[] _realtimePath = [];

    /// <summary>
    /// First segments of <c>/v1/...</c> that are also found without the <c>/v1</c>. For providers whose base URL has no
    /// version because their API has other roots as well: what is not listed here stays as it is.
    /// </summary>
    public IReadOnlyList<string> Unversioned
    {
        init => _unversioned = [.. value.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Where a WebSocket goes whose URL ends with the slug.</summary>
    public string RealtimePath
    {
        init => _realtimePath = Encoding.UTF8.GetBytes(value);
    }

    /// <inheritdoc/>
    public override bool TryResolve(in ProviderRequest request, UpstreamTarget target)
    {
        target.Address = baseUrl.Address;
        var path = request.Path;
        if (path.Length <= 1 && _realtimePath.Length > 0 && request.Headers.Has(KnownHeader.Upgrade))
        {
            path = _realtimePath;
        }

        if (LacksVersion(path) && !baseUrl.EndsInVersion)
        {
            target.Append(baseUrl.Path.Span);
            target.Append("/v1"u8);
            target.Append(path);
        }
        else
        {
            baseUrl.Append(path, target);
        }

        if (target.Target.IsEmpty)
        {
            target.Append("/"u8);
        }

        target.Append(request.Query);
        return true;
    }

    private bool LacksVersion(ReadOnlySpan<byte> path)
    {
        var first = PathSegments.Take(ref path);
        foreach (var segment in _unversioned)
        {
            if (first.SequenceEqual(segment))
            {
                return true;
            }
        }

        return false;
    }
}
