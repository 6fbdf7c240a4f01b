using System.Net;
using System.Net.Sockets;

namespace Sluice.Proxy.Upstream;

/// <summary>The expected faults of connections: which exceptions they are, and what they are called.</summary>
internal static class TransportFault
{
    /// <summary>
    /// Whether an exception says that a connection could not be made or broke. A cancellation counts only where nobody
    /// asked for it: transports report an aborted connection so.
    /// </summary>
    public static bool Is(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        IOException or SocketException or ObjectDisposedException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    /// <summary>Why a connection could not be made, in words for an operator.</summary>
    public static string Describe(Exception exception, EndPoint endPoint)
    {
        var code = (exception as SocketException ?? exception.InnerException as SocketException)?.SocketErrorCode;
        return code switch
        {
            SocketError.ConnectionRefused => $"connection refused by {endPoint}",
            SocketError.HostUnreachable => $"no route to {endPoint}",
            SocketError.NetworkUnreachable => $"the network of {endPoint} is unreachable",
            SocketError.TimedOut => $"no answer from {endPoint}",
            SocketError.ConnectionReset => $"connection reset by {endPoint}",
            SocketError.AccessDenied => $"the system does not allow a connection to {endPoint}",
            SocketError.TooManyOpenSockets => $"no socket left for {endPoint}; raise the limit of open files",
            SocketError.AddressFamilyNotSupported => $"the system has no {endPoint.AddressFamily} for {endPoint}",
            SocketError.AddressNotAvailable => $"no local port or address for {endPoint}",
            { } other => $"connecting to {endPoint} failed: {other}",
            null => $"the connection to {endPoint} broke",
        };
    }
}
