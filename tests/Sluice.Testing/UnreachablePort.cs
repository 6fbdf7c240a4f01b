using System.Net;
using System.Net.Sockets;

namespace Sluice.Testing;

/// <summary>A port on loopback that refuses connections for as long as this lives: it is taken, but nobody listens.</summary>
public sealed class UnreachablePort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public UnreachablePort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>The base URL of a server that is not there.</summary>
    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}");

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
