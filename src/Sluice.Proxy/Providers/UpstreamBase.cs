using System.Text;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Providers;

/// <summary>
/// A base URL: an address, and the path that all targets below it begin with. Where that path ends in a version, as
/// that of <c>https://api.openai.com/v1</c>, a request may repeat the version or leave it out: clients differ in
/// whether their base URL has it, and <c>/v1/v1</c> is never meant. Where it does not, nothing is added and nothing is
/// taken away.
/// </summary>
internal sealed class UpstreamBase
{
    // The ends of the base path that a request may repeat, the longest first: "/api/v1" and "/v1".
    private readonly byte[][] _repeatable;

    /// <param name="url">
    /// Absolute, http or https, without user, query and fragment. Superfluous slashes are ignored.
    /// </param>
    /// <exception cref="ArgumentException">The URL is no base URL.</exception>
    public UpstreamBase(Uri url)
    {
        if (!IsValid(url))
        {
            throw new ArgumentException(
                "A base URL is absolute, begins with http:// or https://, and has no user name, query or fragment.",
                nameof(url));
        }

        Address = new UpstreamAddress(url.IdnHost, url.Port, url.Scheme == Uri.UriSchemeHttps);
        var segments = url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        Path = Join(segments);
        EndsInVersion = segments.Length > 0 && IsVersion(segments[^1]);
        _repeatable = EndsInVersion ? [.. segments.Select((_, i) => Join(segments.AsSpan(i)).ToArray())] : [];
    }

    /// <summary>Where connections go.</summary>
    public UpstreamAddress Address { get; }

    /// <summary>The path: empty, or it begins with a slash and ends without one.</summary>
    public ReadOnlyMemory<byte> Path { get; }

    /// <summary>Whether the last segment of the path is a version, such as <c>v1</c> or <c>v1beta1</c>.</summary>
    public bool EndsInVersion { get; }

    /// <summary>Whether a URL can be a base URL.</summary>
    public static bool IsValid(Uri url) =>
        url.IsAbsoluteUri
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url.IdnHost.Length > 0
        && url is { UserInfo: "", Query: "", Fragment: "" };

    /// <summary>Writes the base path and a path below it.</summary>
    public void Append(ReadOnlySpan<byte> path, UpstreamTarget target)
    {
        target.Append(Path.Span);
        foreach (var repeated in _repeatable)
        {
            if (PathSegments.StartsWith(path, repeated))
            {
                path = path[repeated.Length..];
                break;
            }
        }

        target.Append(path);
    }

    private static byte[] Join(ReadOnlySpan<string> segments) =>
        segments.IsEmpty ? [] : Encoding.UTF8.GetBytes('/' + string.Join('/', segments));

    private static bool IsVersion(string segment) =>
        segment.Length >= 2
        && segment[0] == 'v'
        && char.IsAsciiDigit(segment[1])
        && segment.All(char.IsAsciiLetterOrDigit);
}
