using Sluice.Http;

namespace Sluice.Proxy.Model;

/// <summary>What the engine accepts from clients, and how long it waits for them.</summary>
internal sealed record EngineLimits
{
    /// <summary>Limits of heads.</summary>
    public HttpLimits Head { get; init; } = HttpLimits.Default;

    /// <summary>
    /// Bytes of a request body. Default 512 MiB, the largest file that the providers' file APIs take.
    /// </summary>
    public long RequestBodyBytesMax { get; init; } = 512L * 1024 * 1024;

    /// <summary>From the first byte of a head to its last. Default 30 s, then 408.</summary>
    public TimeSpan RequestHeadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two reads of a request body. Default 60 s, then 408.</summary>
    public TimeSpan RequestBodyIdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a client may take no byte of its response while some are waiting. Default 5 min, then the connection is
    /// cut.
    /// </summary>
    public TimeSpan ClientWriteTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a connection stays open between two exchanges. Default 3 min: longer than the clients keep theirs, so
    /// that it is they who close and no request meets a closing socket.
    /// </summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Whether a client that closes its sending side while its request runs is taken to have gone (as nginx does).
    /// Default true. A closed socket and a half-closed one look the same until a write fails, and a quiet stream has no
    /// writes.
    /// </summary>
    public bool CancelOnHalfClose { get; init; } = true;
}
