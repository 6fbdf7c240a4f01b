using System.Net;

namespace Sluice.Perf.Upstream;

/// <summary>
/// A simulated LLM provider: answers any path at once or as a stream paced to the tenth of a millisecond, at a cost
/// far below that of any proxy in front of it.
/// </summary>
internal sealed class ProviderServer : IDisposable
{
    private readonly List<ProviderLoop> _loops = [];

    /// <summary>Listens and serves from now on; port 0 takes a free one.</summary>
    public ProviderServer(IPEndPoint endPoint, int threads, ReplySettings defaults)
    {
        try
        {
            for (var i = 0; i < threads; i++)
            {
                _loops.Add(new ProviderLoop(i == 0 ? endPoint : EndPoint, defaults));
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        foreach (var loop in _loops)
        {
            loop.Start();
        }
    }

    public IPEndPoint EndPoint => _loops[0].EndPoint;

    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }
}
