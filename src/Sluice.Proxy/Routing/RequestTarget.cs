using System.Text;

namespace Sluice.Proxy.Routing;

/// <summary>A request target taken apart (RFC 9112, 3.2); nothing in it is decoded.</summary>
internal readonly ref struct RequestTarget
{
    private RequestTarget(ReadOnlySpan<byte> path, ReadOnlySpan<byte> query)
    {
        Path = path;
        Query = query;
    }

    /// <summary>The path: empty, or it begins with a slash.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>The query with its question mark; or empty.</summary>
    public ReadOnlySpan<byte> Query { get; }

    /// <summary>
    /// Takes a target apart that is in origin form or, as clients send it to a proxy, in absolute form.
    /// </summary>
    /// <returns>False for the other forms, which name no path.</returns>
    public static bool TryParse(ReadOnlySpan<byte> target, out RequestTarget parsed)
    {
        var rest = target;
        if (!rest.StartsWith("/"u8))
        {
            var schemeLength = SchemeLength(target);
            rest = target[schemeLength..];
            var authorityEnd = rest.IndexOfAny((byte)'/', (byte)'?');
            if (schemeLength == 0 || authorityEnd == 0)
            {
                parsed = default;
                return false;
            }

            rest = authorityEnd < 0 ? default : rest[authorityEnd..];
        }

        var queryStart = rest.IndexOf((byte)'?');
        var path = queryStart < 0 ? rest : rest[..queryStart];
        parsed = new RequestTarget(path, queryStart < 0 ? default : rest[queryStart..]);
        return true;
    }

    private static int SchemeLength(ReadOnlySpan<byte> target) =>
        StartsWith(target, "http://"u8) ? 7 : StartsWith(target, "https://"u8) ? 8 : 0;

    private static bool StartsWith(ReadOnlySpan<byte> target, ReadOnlySpan<byte> scheme) =>
        target.Length > scheme.Length && Ascii.EqualsIgnoreCase(target[..scheme.Length], scheme);
}
