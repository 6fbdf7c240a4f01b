using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.FunctionalTests;

/// <summary>
/// An upstream of thousands of event streams that all go on at a word. One request for each connection.
/// </summary>
internal sealed class StreamUpstream : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Task _accepting;
    private TaskCompletionSource<string> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _opened;
    private int _closed;

    public StreamUpstream()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(8192);
        _accepting = AcceptAsync();
    }

    /// <summary>Its base URL.</summary>
    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");

    /// <summary>Connections so far.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Connections that the gateway has closed.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <summary>Sends an event on all streams, or with an empty text their end.</summary>
    public void Go(string text) =>
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult(text);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        Interlocked.Increment(ref _opened);
        using var connection = socket;
        try
        {
            var next = Volatile.Read(ref _next).Task;
            var buffer = new byte[1024];
            await socket.ReceiveAsync(buffer);
            await SendAsync(
                socket,
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "d\r\ndata: first\n\n\r\n");
            var closing = WatchAsync(socket);
            for (var text = "first"; text.Length > 0;)
            {
                if (await Task.WhenAny(next, closing) == closing)
                {
                    return;
                }

                text = await next;
                next = Volatile.Read(ref _next).Task;
                var chunk = $"{text.Length + 8:x}\r\ndata: {text}\n\n\r\n";
                await SendAsync(socket, text.Length == 0 ? "0\r\n\r\n" : chunk);
            }

            await closing;
        }
        catch (SocketException)
        {
            // The gateway has gone.
        }
    }

    private async Task WatchAsync(Socket socket)
    {
        try
        {
            await socket.ReceiveAsync(new byte[1]);
        }
        catch (SocketException)
        {
            // A reset is as good as a close.
        }

        Interlocked.Increment(ref _closed);
    }

    private static async Task SendAsync(Socket socket, string text) =>
        await socket.SendAsync(Encoding.ASCII.GetBytes(text));
}
