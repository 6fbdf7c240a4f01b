using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sluice.Testing;

/// <summary>One end of a connection, with control over each byte: a client of the gateway, or an upstream's side.</summary>
public sealed class RawPeer : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly ByteSource _source;

    /// <param name="socket">A connected socket.</param>
    /// <param name="stream">What speaks over it, for TLS; null for the plain socket.</param>
    /// <param name="patience">How long a read waits until it is taken for a hang; null for ever.</param>
    public RawPeer(Socket socket, Stream? stream = null, TimeSpan? patience = null)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _stream = stream ?? new NetworkStream(socket, ownsSocket: false);
        _source = new ByteSource(_stream) { Patience = patience ?? Timeout.InfiniteTimeSpan };
    }

    /// <summary>Whether the other side ended the connection with a reset.</summary>
    public bool WasReset => _source.WasReset;

    /// <summary>The stream.</summary>
    public Stream Stream => _stream;

    /// <summary>Connects to a port on loopback.</summary>
    public static async Task<RawPeer> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return new RawPeer(socket, patience: Hang.Limit);
    }

    /// <summary>Connects to a port on loopback with TLS.</summary>
    /// <param name="port">The port.</param>
    /// <param name="server">The certificate that the server must have; no other is trusted.</param>
    /// <param name="protocols">What is offered by ALPN.</param>
    public static async Task<RawPeer> ConnectTlsAsync(
        int port, X509Certificate server, params List<SslApplicationProtocol> protocols)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = protocols,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => server.Equals(certificate),
        });
        return new RawPeer(socket, tls, Hang.Limit);
    }

    /// <summary>Sends text, one byte a char.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    /// <summary>Reads a message; null where the connection ended before its first byte.</summary>
    public Task<RawMessage?> TryReadMessageAsync(bool hasBody = true) => RawMessage.ReadAsync(_source, hasBody);

    /// <summary>Reads a message that must come.</summary>
    public async Task<RawMessage> ReadMessageAsync(bool hasBody = true) =>
        await TryReadMessageAsync(hasBody) ?? throw new IOException("The connection ended before a message came.");

    /// <summary>Reads up to and including a text.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            var next = await _source.ReadByteAsync();
            if (next < 0)
            {
                throw new IOException($"The connection ended after: {text}");
            }

            text.Append((char)next);
        }

        return text.ToString();
    }

    /// <summary>Reads between 1 and a number of bytes, valid until the next call; none at the end.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ReadSomeAsync(int count) => _source.ReadSomeAsync(count);

    /// <summary>Reads a number of bytes; fewer where the other side ends the connection before.</summary>
    public async Task<byte[]> ReadBytesAsync(int count)
    {
        var bytes = new MemoryStream(count);
        while (bytes.Length < count && await _source.ReadSomeAsync(count - (int)bytes.Length) is { Length: > 0 } part)
        {
            bytes.Write(part.Span);
        }

        return bytes.ToArray();
    }

    /// <summary>Reads all bytes until the other side ends the connection.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        var all = new MemoryStream();
        while (await _source.ReadSomeAsync(64 * 1024) is { Length: > 0 } part)
        {
            all.Write(part.Span);
        }

        return all.ToArray();
    }

    /// <summary>Ends the own sending direction only.</summary>
    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset() => _socket.Close(timeout: 0);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
