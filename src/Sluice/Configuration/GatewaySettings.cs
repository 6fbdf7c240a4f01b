namespace Sluice.Configuration;

/// <summary>A gateway: an entry for clients, with its policies. Its fields bear Cloudflare's names.</summary>
public sealed record GatewaySettings
{
    /// <summary>The account in the URL: 1 to 64 letters, digits, <c>-</c> and <c>_</c>.</summary>
    /// <value>Default <c>local</c>.</value>
    public string AccountId { get; set; } = "local";

    /// <summary>
    /// The gateway in the URL: 1 to 64 of <c>a-z</c>, <c>0-9</c>, <c>_</c> and, between them, single dashes.
    /// </summary>
    /// <value>Default <c>default</c>.</value>
    public string Id { get; set; } = "default";

    /// <summary>Whether clients must show a gateway token.</summary>
    /// <value>Default false.</value>
    public bool Authentication { get; set; }

    /// <summary>Whether exchanges are recorded.</summary>
    /// <value>Default true.</value>
    public bool CollectLogs { get; set; } = true;

    /// <summary>Whether records hold the bodies.</summary>
    /// <value>Default true.</value>
    public bool CollectLogPayloads { get; set; } = true;

    /// <summary>Seconds for which a response may be played from the cache.</summary>
    /// <value>Default 0. Zero and null: nothing is cached.</value>
    public int? CacheTtl { get; set; } = 0;

    /// <summary>Whether a change of this gateway drops what it has cached.</summary>
    /// <value>Default true.</value>
    public bool CacheInvalidateOnUpdate { get; set; } = true;

    /// <summary>The window of the rate limit in seconds.</summary>
    /// <value>Default 0. Zero and null: no limit.</value>
    public int? RateLimitingInterval { get; set; } = 0;

    /// <summary>The requests that one window admits.</summary>
    /// <value>Default 0. Zero and null: no limit.</value>
    public int? RateLimitingLimit { get; set; } = 0;

    /// <summary>How the window moves.</summary>
    /// <value>Default <see cref="RateLimitingTechnique.Fixed"/>.</value>
    public RateLimitingTechnique RateLimitingTechnique { get; set; } = RateLimitingTechnique.Fixed;

    /// <summary>How often a request is tried in all, 1 to 5.</summary>
    /// <value>Default 1. One and null: no retries.</value>
    public int? RetryMaxAttempts { get; set; } = 1;

    /// <summary>Milliseconds before the first retry, 0 to 60,000.</summary>
    /// <value>Default 100. Null: the same.</value>
    public int? RetryDelay { get; set; } = 100;

    /// <summary>How the delay grows from retry to retry.</summary>
    /// <value>Default <see cref="RetryBackoff.Constant"/>. Null: the same.</value>
    public RetryBackoff? RetryBackoff { get; set; } = Configuration.RetryBackoff.Constant;

    /// <summary>How many records are kept, 10,000 to 10,000,000.</summary>
    /// <value>Default 100,000. Null: the same.</value>
    public int? LogManagement { get; set; } = 100_000;

    /// <summary>What happens when <see cref="LogManagement"/> is reached.</summary>
    /// <value>Default <see cref="LogManagementStrategy.DeleteOldest"/>. Null: the same.</value>
    public LogManagementStrategy? LogManagementStrategy { get; set; } =
        Configuration.LogManagementStrategy.DeleteOldest;
}
