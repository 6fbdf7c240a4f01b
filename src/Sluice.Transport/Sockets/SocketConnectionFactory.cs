using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Transport.Sockets;

/// <summary>
/// Opens outgoing connections with <see cref="Socket"/>: the transport that works on every platform. Thread-safe.
/// </summary>
public sealed class SocketConnectionFactory : IConnectionFactory
{
    // Probes after a minute of silence find a peer that vanished without a word; thinking models are silent for longer
    // than many NAT tables remember a connection.
    private const int KeepAliveSeconds = 60;
    private const int KeepAliveIntervalSeconds = 15;

    /// <summary>Connects.</summary>
    /// <param name="endpoint">An IP address and port, or a Unix domain socket.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="SocketException">The connection was refused, or the address cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">The attempt was ended.</exception>
    public async ValueTask<ConnectionContext> ConnectAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var socket = endpoint is IPEndPoint
            ? new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (endpoint is IPEndPoint)
            {
                socket.NoDelay = true;
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
                socket.SetSocketOption(
                    SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
            }

            await socket.ConnectAsync(endpoint, cancellationToken);
            return new SocketConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
