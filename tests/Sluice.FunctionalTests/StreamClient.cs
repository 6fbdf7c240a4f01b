using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.FunctionalTests;

/// <summary>A client that is small enough for there to be thousands.</summary>
internal sealed class StreamClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private string _received = "";

    private StreamClient()
    {
    }

    /// <summary>Connects and asks for a stream.</summary>
    public static async Task<StreamClient> OpenAsync(int port)
    {
        var client = new StreamClient();
        await client._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        await client._socket.SendAsync(Encoding.ASCII.GetBytes(Requests.Get));
        return client;
    }

    /// <summary>Reads up to and including a text.</summary>
    /// <param name="end">The text.</param>
    /// <param name="close">Whether the connection is closed afterwards.</param>
    public async Task ReadAsync(string end, bool close)
    {
        var buffer = new byte[256];
        while (!_received.Contains(end, StringComparison.Ordinal))
        {
            var count = await _socket.ReceiveAsync(buffer);
            if (count == 0)
            {
                throw new IOException($"The stream ended after: {_received}");
            }

            _received += Encoding.ASCII.GetString(buffer, 0, count);
        }

        _received = _received[(_received.IndexOf(end, StringComparison.Ordinal) + end.Length)..];
        if (close)
        {
            Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
