using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Proxy.Tests.Upstream;

/// <summary>A TLS server on loopback that sends back what it gets.</summary>
internal sealed class TlsEchoServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SslServerAuthenticationOptions _options;
    private readonly Task _accepting;

    public TlsEchoServer(X509Certificate2 certificate, params X509Certificate2[] intermediates)
    {
        _options = new()
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(
                certificate, [.. intermediates], offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>What was negotiated, one for each handshake that succeeded.</summary>
    public ConcurrentQueue<Handshake> Handshakes { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync()));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        await using var counted = new CountingStream(client.GetStream());
        await using var stream = new SslStream(counted);
        try
        {
            await stream.AuthenticateAsServerAsync(_options);
            Handshakes.Enqueue(new(stream.TargetHostName, stream.NegotiatedApplicationProtocol, counted.Written));
            await stream.CopyToAsync(stream);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The client refused the certificate or went away.
        }
    }

    /// <param name="ServerName">The name that the client asked for.</param>
    /// <param name="Protocol">The protocol that both chose.</param>
    /// <param name="BytesSent">Bytes that the server sent for the handshake.</param>
    public sealed record Handshake(string ServerName, SslApplicationProtocol Protocol, long BytesSent);

    private sealed class CountingStream(Stream inner) : Stream
    {
        public long Written { get; private set; }

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
