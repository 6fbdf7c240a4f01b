using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sluice.Perf.Sockets;

/// <summary>
/// One epoll instance for one thread. Sockets are registered once, for reading and writing, edge-triggered: no
/// further control call is needed in the life of a connection, and an exchange costs one send, one receive and a
/// share of a wait.
/// </summary>
internal sealed unsafe class EventLoop : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const uint EdgeTriggered = 1u << 31;
    private const int EventsMax = 512;

    // The kernel packs struct epoll_event on x86 (12 bytes), and only there.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture is Architecture.X64;
    private static readonly int EventSize = IsPacked ? 12 : 16;
    private static readonly int TokenOffset = IsPacked ? 4 : 8;

    private readonly int _epoll;
    private readonly byte* _events = (byte*)NativeMemory.Alloc((nuint)(EventsMax * EventSize));
    private ISocketHandler?[] _handlers = new ISocketHandler?[1024];

    public EventLoop()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(
                "The load generator and the provider double use epoll; run them on Linux.");
        }

        _epoll = LinuxCalls.EpollCreate(CloseOnExec);
        if (_epoll < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "epoll_create1 failed");
        }
    }

    /// <summary>
    /// Reports changes of <paramref name="socket"/> to <paramref name="handler"/> until the socket is closed.
    /// </summary>
    public void Register(Socket socket, ISocketHandler handler)
    {
        var descriptor = (int)socket.Handle;
        if (descriptor >= _handlers.Length)
        {
            Array.Resize(ref _handlers, Math.Max(descriptor + 1, _handlers.Length * 2));
        }

        _handlers[descriptor] = handler;
        const uint interest = (uint)(Readiness.Readable | Readiness.Writable | Readiness.PeerClosed) | EdgeTriggered;
        var registration = stackalloc byte[16];
        *(uint*)registration = interest;
        *(ulong*)(registration + TokenOffset) = (ulong)descriptor;
        if (LinuxCalls.EpollControl(_epoll, Add, descriptor, registration) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "epoll_ctl failed");
        }
    }

    /// <summary>Forgets the handler; call before closing the socket, which ends the kernel's registration.</summary>
    public void Unregister(Socket socket) => _handlers[(int)socket.Handle] = null;

    /// <summary>Waits until a socket is ready or the time is over, and calls the handlers of the ready ones.</summary>
    public void Poll(long timeoutNs)
    {
        var count = LinuxCalls.EpollWait(_epoll, _events, EventsMax, Math.Max(0, timeoutNs));
        if (count < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != LinuxCalls.Interrupted)
            {
                throw new Win32Exception(error, "epoll_pwait2 failed; it needs Linux 5.11 or newer");
            }

            return;
        }

        for (var i = 0; i < count; i++)
        {
            var entry = _events + (i * EventSize);
            var readiness = (Readiness)(int)*(uint*)entry;
            var descriptor = (int)*(ulong*)(entry + TokenOffset);

            // A handler earlier in this batch may have closed the socket, and a new one may have taken its number: then
            // the handler is gone, or is told of a readiness that its next call finds out to be none.
            _handlers[descriptor]?.OnReady(readiness);
        }
    }

    public void Dispose()
    {
        _ = LinuxCalls.Close(_epoll);
        NativeMemory.Free(_events);
    }
}
