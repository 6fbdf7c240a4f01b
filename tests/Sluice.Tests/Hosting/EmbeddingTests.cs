using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Hosting;

namespace Sluice.Tests.Hosting;

/// <summary>The public library in somebody's own Kestrel application, over real sockets.</summary>
public sealed class EmbeddingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UseSluice_PathOfNoProvider_IsTheApplications()
    {
        await using var upstream = await EchoUpstream.StartAsync("one");
        await using var engine = ProxyEngine.Create(SettingsFor(upstream));
        await using var application = await StartAsync(listener => listener.UseSluice(engine));
        using var client = ClientOf(application);

        Assert.Equal("application /hello", await client.GetStringAsync("/hello", Cancellation));
        Assert.Equal("one /v1/models?a=b", await client.GetStringAsync("/openai/models?a=b", Cancellation));
        Assert.Equal("one /v1/models", await client.GetStringAsync("/v1/local/default/openai/v1/models", Cancellation));
        Assert.Equal("application /hello", await client.GetStringAsync("/hello", Cancellation));
    }

    [Fact]
    public async Task RunSluice_PathOfNoProvider_IsAnsweredByTheEngine()
    {
        await using var engine = ProxyEngine.Create(new SluiceSettings());
        await using var application = await StartAsync(listener => listener.RunSluice(engine));
        using var client = ClientOf(application);

        using var response = await client.GetAsync("/hello", Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("AiGatewayError", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddSluice_Engine_IsFoundByTheListenerAndDrainsWithTheApplication()
    {
        await using var upstream = await EchoUpstream.StartAsync("one");
        await using var application = await StartAsync(
            listener => listener.UseSluice(), services => services.AddSluice(SettingsFor(upstream)));
        using var client = ClientOf(application);
        var engine = application.Services.GetRequiredService<ProxyEngine>();

        Assert.Equal("one /v1/models", await client.GetStringAsync("/openai/models", Cancellation));
        Assert.False(engine.IsDraining);
        await application.StopAsync(Cancellation);
        Assert.True(engine.IsDraining);
    }

    [Fact]
    public async Task Routes_LongestPrefix_LeadsToItsProvider()
    {
        await using var one = await EchoUpstream.StartAsync("one");
        await using var two = await EchoUpstream.StartAsync("two");
        var settings = SettingsFor(one);
        settings.Providers = new Dictionary<string, ProviderSettings>(settings.Providers)
        {
            ["second"] = new() { BaseUrl = two.Url + "//base/" },
        };
        settings.Routes =
        [
            new() { Path = "//anything/", Provider = "openai" },
            new() { Path = "/anything/else", Provider = "second", Gateway = "local/default" },
        ];
        await using var engine = ProxyEngine.Create(settings);
        await using var application = await StartAsync(listener => listener.UseSluice(engine));
        using var client = ClientOf(application);

        Assert.Equal("one /v1/a", await client.GetStringAsync("/anything/a", Cancellation));
        Assert.Equal("two /base/a?b", await client.GetStringAsync("/anything/else/a?b", Cancellation));
        Assert.Equal("two /base/a", await client.GetStringAsync("/custom-second/a", Cancellation));
        Assert.Equal("application /anythingelse", await client.GetStringAsync("/anythingelse", Cancellation));
    }

    [Fact]
    public async Task Apply_OtherSettings_AreInForceForTheNextExchange()
    {
        await using var one = await EchoUpstream.StartAsync("one");
        await using var two = await EchoUpstream.StartAsync("two");
        await using var engine = ProxyEngine.Create(SettingsFor(one));
        await using var application = await StartAsync(listener => listener.UseSluice(engine));
        using var client = ClientOf(application);
        Assert.Equal("one /v1/a", await client.GetStringAsync("/openai/a", Cancellation));

        var invalid = SettingsFor(two);
        invalid.Gateways = [];
        var refused = Assert.Throws<SettingsException>(() => engine.Apply(invalid));
        Assert.Equal("one /v1/a", await client.GetStringAsync("/openai/a", Cancellation));
        var valid = SettingsFor(two);
        engine.Apply(valid);

        Assert.Equal("gateways", Assert.Single(refused.Errors).Path);
        Assert.Equal("two /v1/a", await client.GetStringAsync("/openai/a", Cancellation));
        Assert.Same(valid, engine.Settings);
    }

    [Fact]
    public void Create_InvalidSettings_IsRefused() => Assert.Throws<SettingsException>(
        () => ProxyEngine.Create(new SluiceSettings { Limits = new() { RequestHeadBytes = 0 } }));

    private static SluiceSettings SettingsFor(EchoUpstream upstream) => new()
    {
        Providers = new Dictionary<string, ProviderSettings> { ["openai"] = new() { BaseUrl = upstream.Url + "/v1" } },
    };

    private static async Task<WebApplication> StartAsync(
        Action<ListenOptions> configure, Action<IServiceCollection>? addServices = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, configure));
        builder.Services.AddLogging();
        addServices?.Invoke(builder.Services);
        var application = builder.Build();
        application.Run(context => context.Response.WriteAsync($"application {context.Request.Path}"));
        await application.StartAsync(Cancellation);
        return application;
    }

    // One connection for each request: a connection that was handed over stays with the application.
    private static HttpClient ClientOf(WebApplication application) =>
        new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero })
        {
            BaseAddress = new Uri(application.Urls.Single()),
        };
}
