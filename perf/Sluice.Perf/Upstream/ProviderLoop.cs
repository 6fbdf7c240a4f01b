using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Sluice.Perf.Sockets;

namespace Sluice.Perf.Upstream;

/// <summary>One thread of the provider double: a listening socket, its connections and one timer wheel.</summary>
internal sealed class ProviderLoop : ISocketHandler, IDisposable
{
    private const int SocketLevel = 1;
    private const int ReusePort = 15;
    private const int Backlog = 4096;

    /// <summary>How long a stop request may go unnoticed.</summary>
    private const long StopCheckNs = 100_000_000;

    private readonly EventLoop _events = new();
    private readonly Socket _listener;
    private readonly Thread _thread;
    private readonly HashSet<ProviderConnection> _connections = [];
    private volatile bool _isStopping;

    public ProviderLoop(IPEndPoint endPoint, ReplySettings defaults)
    {
        Defaults = defaults;
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            // Each loop listens on the same port by itself, and the kernel spreads the connections over them.
            _listener.SetRawSocketOption(SocketLevel, ReusePort, [1, 0, 0, 0]);
            _listener.Bind(endPoint);
            _listener.Listen(Backlog);
            _events.Register(_listener, this);
        }
        catch
        {
            _listener.Dispose();
            _events.Dispose();
            throw;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "provider" };
    }

    public ReplySettings Defaults { get; }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>What all connections receive into: each uses up what it received before it returns.</summary>
    public byte[] ReceiveBuffer { get; } = GC.AllocateArray<byte>(256 * 1024, pinned: true);

    public ReplyBytes Replies { get; } = new();

    public TimerWheel Timers { get; } = new(Stopwatch.GetTimestamp());

    public void Start() => _thread.Start();

    public void Forget(ProviderConnection connection, Socket socket)
    {
        _events.Unregister(socket);
        _connections.Remove(connection);
    }

    void ISocketHandler.OnReady(Readiness readiness)
    {
        while (_listener.Poll(0, SelectMode.SelectRead))
        {
            var socket = _listener.Accept();
            socket.Blocking = false;
            socket.NoDelay = true;
            var connection = new ProviderConnection(this, socket);
            _connections.Add(connection);
            _events.Register(socket, connection);
        }
    }

    public void Dispose()
    {
        _isStopping = true;
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        foreach (var connection in _connections.ToArray())
        {
            connection.Close();
        }

        _listener.Dispose();
        _events.Dispose();
    }

    private void Run()
    {
        LinuxCalls.UseExactTimers();
        while (!_isStopping)
        {
            var nextDue = Timers.Advance(Stopwatch.GetTimestamp());
            _events.Poll(Math.Min(nextDue - Stopwatch.GetTimestamp(), StopCheckNs));
        }
    }
}
