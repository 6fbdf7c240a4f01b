using System.Buffers.Text;
using System.Text;
using Sluice.Http;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// Reads the promise <c>Keep-Alive: timeout=N</c> (draft-thomson-hybi-http-timeout; sent by Node, nginx and others):
/// the sender closes the connection after N idle seconds.
/// </summary>
internal static class KeepAliveHeader
{
    // The sender's clock started when it sent the response, and a request needs time to get there.
    private const long MarginMs = 1000;

    /// <summary>Milliseconds for which the connection may be used again; 0 for no promise.</summary>
    public static long ReadPromise(ResponseHead head)
    {
        if (!head.Headers.TryGetValue(KnownHeader.KeepAlive, out var value))
        {
            return 0;
        }

        var list = new TokenList(value);
        while (list.TryTake(out var parameter))
        {
            if (parameter.Length > 8
                && Ascii.EqualsIgnoreCase(parameter[..8], "timeout="u8)
                && Utf8Parser.TryParse(parameter[8..], out int seconds, out _)
                && seconds > 0)
            {
                return Math.Max(1, (seconds * 1000L) - MarginMs);
            }
        }

        return 0;
    }
}
