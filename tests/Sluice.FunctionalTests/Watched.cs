using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>Upstreams that stay after their script and tell when the gateway has closed the connection.</summary>
internal static class Watched
{
    /// <summary>Creates one.</summary>
    /// <param name="closed">Ends when the gateway has closed a connection.</param>
    /// <param name="script">What happens on each connection before.</param>
    public static ScriptedUpstream Create(out Task closed, Func<RawPeer, Task> script)
    {
        var signal = new Signal();
        closed = signal.Task;
        return new ScriptedUpstream(async peer =>
        {
            await script(peer);
            await peer.ReadToEndAsync();
            signal.Set();
        });
    }
}
