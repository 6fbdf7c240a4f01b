namespace Sluice.Perf.Sockets;

/// <summary>The readiness bits of Linux epoll that are used here.</summary>
[Flags]
internal enum Readiness
{
    None = 0,
    Readable = 0x001,
    Writable = 0x004,
    Error = 0x008,
    HungUp = 0x010,
    PeerClosed = 0x2000,

    /// <summary>The other side ended or broke the connection.</summary>
    Ended = Error | HungUp | PeerClosed,
}
