using System.Net.Sockets;

namespace Sluice.Proxy.Exchange;

/// <summary>
/// Tells the exceptions by which a transport says that its connection is gone from those that are bugs.
/// </summary>
internal static class LostConnection
{
    /// <summary>Whether an exception means a lost connection.</summary>
    /// <remarks>
    /// Connection resets of Kestrel are <see cref="IOException"/>s; an abort by ourselves shows as a disposed object, a
    /// cancelled operation, or an invalid one where the pipe was completed in the meantime.
    /// </remarks>
    public static bool Is(Exception error) =>
        error is IOException or SocketException or ObjectDisposedException or OperationCanceledException
            or InvalidOperationException or System.Security.Authentication.AuthenticationException;
}
