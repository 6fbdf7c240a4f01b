namespace Sluice.Proxy.Providers;

/// <summary>
/// Paths as they stand on the wire, segment by segment. Nothing is decoded but what a dot may hide behind.
/// </summary>
internal static class PathSegments
{
    /// <summary>Takes the first segment of a path.</summary>
    /// <param name="path">
    /// Empty, or it begins with a slash; is left as what follows the segment, of the same form.
    /// </param>
    /// <returns>The segment without its slash; empty where there is none.</returns>
    public static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return default;
        }

        var end = path[1..].IndexOf((byte)'/') + 1;
        var segment = end == 0 ? path[1..] : path[1..end];
        path = end == 0 ? default : path[end..];
        return segment;
    }

    /// <summary>Whether a path begins with whole segments.</summary>
    /// <param name="path">The path.</param>
    /// <param name="segments">Begins with a slash, ends without one.</param>
    public static bool StartsWith(ReadOnlySpan<byte> path, ReadOnlySpan<byte> segments) =>
        path.StartsWith(segments) && (path.Length == segments.Length || path[segments.Length] == '/');

    /// <summary>
    /// Whether a path has a segment <c>.</c> or <c>..</c>, which an upstream may resolve (RFC 3986, 5.2.4) and so leave
    /// the base path of its provider. Upstreams differ in what they decode first, so <c>%2e</c> counts as a dot, and
    /// <c>\</c>, <c>%5c</c> and <c>%2f</c> end a segment.
    /// </summary>
    public static bool HasDots(ReadOnlySpan<byte> path)
    {
        if (path.IndexOfAny((byte)'%', (byte)'\\') < 0 && path.IndexOf("/."u8) < 0)
        {
            return false;
        }

        var dots = 0;
        var others = 0;
        while (!path.IsEmpty)
        {
            switch (TakeCharacter(ref path))
            {
                case (byte)'/':
                case (byte)'\\':
                    if (IsDots(dots, others))
                    {
                        return true;
                    }

                    dots = others = 0;
                    break;

                case (byte)'.':
                    dots++;
                    break;

                default:
                    others++;
                    break;
            }
        }

        return IsDots(dots, others);
    }

    private static bool IsDots(int dots, int others) => others == 0 && dots is 1 or 2;

    private static byte TakeCharacter(ref ReadOnlySpan<byte> path)
    {
        var character = path[0];
        if (character == '%' && path.Length >= 3)
        {
            var decoded = (path[1], path[2] | 0x20) switch
            {
                ((byte)'2', 'e') => '.',
                ((byte)'2', 'f') => '/',
                ((byte)'5', 'c') => '\\',
                _ => '%',
            };
            path = path[(decoded == '%' ? 1 : 3)..];
            return (byte)decoded;
        }

        path = path[1..];
        return character;
    }
}
