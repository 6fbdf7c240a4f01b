using Microsoft.Extensions.Logging;

namespace Sluice.Configuration;

/// <summary>
/// Everything that can be set: one schema for the settings file, the environment and code. A new instance holds the
/// defaults, which are valid.
/// </summary>
/// <remarks>
/// The settings records have setters instead of init-only properties, because the JSON source generator gives an
/// init-only property that the text leaves out its type's default and not the one written here.
/// </remarks>
public sealed record SluiceSettings
{
    /// <summary>URLs of the data listeners: scheme, address and port, no path.</summary>
    /// <value>
    /// Default <c>http://127.0.0.1:8787</c>. Used by the server alone; an embedding application has its own.
    /// </value>
    public IReadOnlyList<string> Listen { get; set; } = ["http://127.0.0.1:8787"];

    /// <summary>URL of the admin listener: health and readiness.</summary>
    /// <value>Default <c>http://127.0.0.1:8788</c>. Used by the server alone.</value>
    public string Admin { get; set; } = "http://127.0.0.1:8788";

    /// <summary>The folder of everything that outlives a restart.</summary>
    /// <value>Default <c>./data</c>, relative to the working directory. Created if it is missing.</value>
    public string Data { get; set; } = "./data";

    /// <summary>The least severe message that the server writes to the console.</summary>
    /// <value>Default <see cref="Microsoft.Extensions.Logging.LogLevel.Information"/>.</value>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>The certificate of <c>https</c> listeners.</summary>
    /// <value>Default null: no listener is <c>https</c>.</value>
    public TlsSettings? Tls { get; set; }

    /// <summary>Upstream APIs by slug: changes to built-in ones, and further ones.</summary>
    /// <value>Default empty: the built-in ones as they are.</value>
    public IReadOnlyDictionary<string, ProviderSettings> Providers { get; set; } =
        new Dictionary<string, ProviderSettings>();

    /// <summary>The gateways. The first one is the default of the short form <c>/{provider}/...</c>.</summary>
    /// <value>Default: account <c>local</c>, gateway <c>default</c>. Never empty.</value>
    public IReadOnlyList<GatewaySettings> Gateways { get; set; } = [new()];

    /// <summary>Fixed path prefixes, each of which leads to one provider.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<RouteSettings> Routes { get; set; } = [];

    /// <summary>What is accepted from clients, and how long they are waited for.</summary>
    /// <value>Default: see <see cref="LimitSettings"/>.</value>
    public LimitSettings Limits { get; set; } = new();

    /// <summary>How upstreams are reached, and how long they are waited for.</summary>
    /// <value>Default: see <see cref="UpstreamSettings"/>.</value>
    public UpstreamSettings Upstream { get; set; } = new();
}
