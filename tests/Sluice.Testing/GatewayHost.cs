using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Proxy.Connections;
using Sluice.Proxy.Model;
using Sluice.Proxy.Providers;
using Sluice.Transport.Sockets;

namespace Sluice.Testing;

/// <summary>The whole engine in this process, on a real Kestrel listener of its own.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ProxyRuntime _runtime;

    private GatewayHost(WebApplication app, ProxyRuntime runtime, TestLog log, int port)
    {
        _app = app;
        _runtime = runtime;
        Log = log;
        Port = port;
    }

    /// <summary>The port of the data listener on loopback.</summary>
    public int Port { get; }

    /// <summary>What was logged.</summary>
    public TestLog Log { get; }

    /// <summary>The base URL of a provider, with account <c>acct</c> and gateway <c>gw</c>.</summary>
    public string BaseUrl(string provider) => $"http://127.0.0.1:{Port}/v1/acct/gw/{provider}";

    internal ProxyRuntime Runtime => _runtime;

    /// <summary>Starts a gateway whose built-in providers all lead to one upstream.</summary>
    /// <param name="upstream">The upstream; for all providers.</param>
    /// <param name="options">What differs from the defaults.</param>
    public static async Task<GatewayHost> StartAsync(Uri upstream, GatewayHostOptions? options = null)
    {
        options ??= new GatewayHostOptions();
        var log = new TestLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Information);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        ProxyRuntime? runtime = null;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            options.ConfigureListener?.Invoke(listen);
            if (options.HandsOn)
            {
                listen.Use(next => connection => runtime!.OnConnectionAsync(connection, next));
            }
            else
            {
                listen.Run(connection => runtime!.OnConnectionAsync(connection, next: null));
            }
        }));
        var app = builder.Build();
        options.ConfigureApp?.Invoke(app);
        runtime = new ProxyRuntime(
            CreateModel(upstream, options),
            options.Connections ?? new SocketConnectionFactory(),
            app.Services.GetRequiredService<ILoggerFactory>(),
            options.Time);
        await app.StartAsync();
        var port = new Uri(app.Urls.Single()).Port;
        return new GatewayHost(app, runtime, log, port);
    }

    /// <summary>Connects a client.</summary>
    public Task<RawPeer> ConnectAsync() => RawPeer.ConnectAsync(Port);

    /// <summary>Waits for the log line of an exchange that has a text in it; the exchange is over then.</summary>
    public Task<TestLogLine> ExchangeLoggedAsync(string text) =>
        Log.WaitForAsync("Sluice.Exchange", line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Ends the gateway as SIGTERM does.</summary>
    public async Task StopAsync()
    {
        _runtime.BeginDrain();
        await _app.StopAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A test that is over waits for no stream.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        await _runtime.DisposeAsync();
    }

    internal static EngineModel CreateModel(Uri upstream, GatewayHostOptions options)
    {
        var overrides = ProviderCatalog.Names.ToDictionary(name => name, _ => upstream);
        var gateway = new GatewayModel("acct", "gw", CollectLogs: true);
        return new EngineModel(
            options.Limits, options.Upstream, [gateway], ProviderCatalog.CreateAll(overrides), []);
    }
}
