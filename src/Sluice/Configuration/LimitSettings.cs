namespace Sluice.Configuration;

/// <summary>What is accepted from clients, and how long they are waited for.</summary>
public sealed record LimitSettings
{
    /// <summary>Bytes of a request's head, its first line included.</summary>
    /// <value>Default 65,536.</value>
    public int RequestHeadBytes { get; set; } = 64 * 1024;

    /// <summary>Bytes of a request line.</summary>
    /// <value>Default 16,384; not more than <see cref="RequestHeadBytes"/>.</value>
    public int RequestLineBytes { get; set; } = 16 * 1024;

    /// <summary>Bytes of a request body.</summary>
    /// <value>Default 536,870,912 (512 MiB).</value>
    public long RequestBodyBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>Milliseconds from the first byte of a request's head to its last.</summary>
    /// <value>Default 30,000.</value>
    public int RequestHeadTimeoutMs { get; set; } = 30_000;

    /// <summary>Milliseconds between two reads of a request body.</summary>
    /// <value>Default 60,000.</value>
    public int RequestBodyTimeoutMs { get; set; } = 60_000;

    /// <summary>Milliseconds for which a client may take no byte of a response that waits for it.</summary>
    /// <value>Default 300,000 (5 minutes).</value>
    public int ClientWriteTimeoutMs { get; set; } = 300_000;

    /// <summary>Milliseconds for which a connection stays open between two exchanges.</summary>
    /// <value>Default 180,000 (3 minutes).</value>
    public int KeepAliveTimeoutMs { get; set; } = 180_000;

    /// <summary>Milliseconds that running exchanges are given to finish once the server is told to stop.</summary>
    /// <value>
    /// Default 60,000: most streams end within a minute, and whoever supervises the process seldom waits longer
    /// (systemd 90 s; Kubernetes 30 s unless told otherwise). Zero: they are cut at once.
    /// </value>
    public int DrainTimeoutMs { get; set; } = 60_000;

    /// <summary>What a client means by closing its sending side while its request runs.</summary>
    /// <value>Default <see cref="HalfCloseMode.Cancel"/>: a closed socket and a half-closed one look the same.</value>
    public HalfCloseMode HalfClose { get; set; } = HalfCloseMode.Cancel;
}
