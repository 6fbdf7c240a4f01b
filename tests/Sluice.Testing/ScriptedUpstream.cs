using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Testing;

/// <summary>
/// A provider's double on a real socket: a test scripts what happens on each connection, byte by byte.
/// </summary>
public sealed class ScriptedUpstream : IAsyncDisposable
{
    private static readonly TimeSpan ScriptsMax = TimeSpan.FromSeconds(10);

    private readonly Socket _listener;
    private readonly Func<RawPeer, Task> _script;
    private readonly ConcurrentBag<Task> _running = [];
    private readonly ConcurrentBag<RawPeer> _peers = [];
    private readonly Task _accepting;
    private int _connections;

    /// <param name="script">Is run for each connection; the connection is closed when it returns.</param>
    public ScriptedUpstream(Func<RawPeer, Task> script)
    {
        _script = script;
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(8192);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port on loopback.</summary>
    public int Port { get; }

    /// <summary>Its base URL.</summary>
    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>An upstream that answers each request on a connection by a function, keeping the connection open.</summary>
    public static ScriptedUpstream Answering(Func<RawMessage, RawPeer, Task> answer) => new(async peer =>
    {
        while (await peer.TryReadMessageAsync() is { } request)
        {
            await answer(request, peer);
        }
    });

    /// <summary>An upstream that answers each request with the same bytes and notes the requests.</summary>
    public static ScriptedUpstream Answering(byte[] response, ConcurrentQueue<RawMessage> requests) =>
        Answering(async (request, peer) =>
        {
            requests.Enqueue(request);
            await peer.SendAsync(response);
        });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var peer in _peers)
        {
            await peer.DisposeAsync();
        }


        // A script may be waiting for something that its test, which has failed, will not do any more.
        var scripts = Task.WhenAll(_running);
        if (await Task.WhenAny(scripts, Task.Delay(ScriptsMax)) == scripts)
        {
            await scripts;
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _connections);
            var peer = new RawPeer(socket);
            _peers.Add(peer);
            _running.Add(RunAsync(peer));
        }
    }

    private async Task RunAsync(RawPeer peer)
    {
        try
        {
            await _script(peer);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or SocketException)
        {
            // The gateway has gone; what that means the test asserts on its own side.
        }

        await peer.DisposeAsync();
    }
}
