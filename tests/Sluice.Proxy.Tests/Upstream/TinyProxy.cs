using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sluice.Proxy.Tests.Upstream;

/// <summary>
/// An HTTP proxy on loopback. It answers CONNECT with a fixed text and then carries bytes to a fixed upstream, whatever
/// host was asked for, so that tests may use names that do not exist.
/// </summary>
internal sealed class TinyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is sent after the head of the request; null for nothing, and the connection stays open.</summary>
    public string? Answer { get; init; } = "HTTP/1.1 200 Connection established\r\n\r\n";

    /// <summary>Where the bytes go after the answer; null closes the connection.</summary>
    public IPEndPoint? Upstream { get; init; }

    /// <summary>The proxy's own certificate; null for a proxy without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The heads of the requests.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Completes when the first request is there.</summary>
    public Task Asked => _asked.Task;

    public TinyProxy()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url(string userInfo = "") =>
        new($"{(Certificate is null ? "http" : "https")}://{userInfo}127.0.0.1:{Port}");

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
        Stream stream = client.GetStream();
        try
        {
            if (Certificate is not null)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsServerAsync(Certificate);
            }

            Requests.Enqueue(await ReadHeadAsync(stream));
            _asked.TrySetResult();
            if (Answer is null)
            {
                await stream.ReadExactlyAsync(new byte[1]);
                return;
            }

            await stream.WriteAsync(Encoding.Latin1.GetBytes(Answer));
            if (Upstream is not null)
            {
                await CarryAsync(stream, Upstream);
            }
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The client went away.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static async Task CarryAsync(Stream client, IPEndPoint upstream)
    {
        using var target = new TcpClient();
        await target.ConnectAsync(upstream);
        await using var there = target.GetStream();
        var up = client.CopyToAsync(there);
        var down = there.CopyToAsync(client);

        // The side that ends first ends the other one too, mostly with an exception.
        await Task.WhenAny(up, down);
        target.Close();
        client.Close();
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
