namespace Sluice.Perf.Sockets;

/// <summary>What an <see cref="EventLoop"/> calls when a socket became ready.</summary>
internal interface ISocketHandler
{
    /// <summary>
    /// The socket may be read or written. Readiness is reported on change only, so the handler goes on until the
    /// socket would block; a report without cause is possible and harmless.
    /// </summary>
    void OnReady(Readiness readiness);
}
