using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

/// <summary>The engine's snapshot is of a type that only the engine's own assemblies see, so it is looked at as JSON.</summary>
public sealed class ModelBuilderTests
{
    [Fact]
    public void Build_Defaults_AreTheEnginesOwn()
    {
        var model = Build(new SluiceSettings());

        Assert.Equal(
            """
            {"Head":{"RequestLineBytesMax":16384,"HeadBytesMax":65536,"HeaderCountMax":256},
            "RequestBodyBytesMax":536870912,"RequestHeadTimeout":"00:00:30","RequestBodyIdleTimeout":"00:01:00",
            "ClientWriteTimeout":"00:05:00","KeepAliveTimeout":"00:03:00","CancelOnHalfClose":true}
            """.ReplaceLineEndings(""),
            model["Limits"]!.ToJsonString());
        Assert.Equal(
            """
            {"ConnectTimeout":"00:00:15","ResponseHeadTimeout":"00:15:00","ResponseIdleTimeout":"00:10:00",
            "IdleConnectionTimeout":"00:01:00","IdleConnectionsMax":512,"DnsRefresh":"00:00:30","HttpProxy":null,
            "HttpsProxy":null,"NoProxy":"","CaBundle":null}
            """.ReplaceLineEndings(""),
            model["Upstream"]!.ToJsonString());
        Assert.Equal(
            """[{"AccountId":"local","Id":"default","CollectLogs":true,"Key":"local/default"}]""",
            model["Gateways"]!.ToJsonString());
        Assert.Contains(model["Providers"]!.AsArray(), provider => Slug(provider) == "anthropic");
    }

    [Fact]
    public void Build_EveryLimit_ReachesTheEngine()
    {
        var model = Build(new SluiceSettings
        {
            Limits = new()
            {
                RequestHeadBytes = 4096,
                RequestLineBytes = 1024,
                RequestBodyBytes = 7,
                RequestHeadTimeoutMs = 1000,
                RequestBodyTimeoutMs = 2000,
                ClientWriteTimeoutMs = 3000,
                KeepAliveTimeoutMs = 4000,
                HalfClose = HalfCloseMode.Finish,
            },
            Upstream = new()
            {
                ConnectTimeoutMs = 1000,
                ResponseHeadTimeoutMs = 2000,
                ResponseIdleTimeoutMs = 3000,
                IdleConnectionTimeoutMs = 4000,
                IdleConnectionsMax = 5,
                DnsRefreshMs = 6000,
            },
        });

        Assert.Equal(
            """
            {"Head":{"RequestLineBytesMax":1024,"HeadBytesMax":4096,"HeaderCountMax":256},"RequestBodyBytesMax":7,
            "RequestHeadTimeout":"00:00:01","RequestBodyIdleTimeout":"00:00:02","ClientWriteTimeout":"00:00:03",
            "KeepAliveTimeout":"00:00:04","CancelOnHalfClose":false}
            """.ReplaceLineEndings(""),
            model["Limits"]!.ToJsonString());
        Assert.StartsWith(
            """
            {"ConnectTimeout":"00:00:01","ResponseHeadTimeout":"00:00:02","ResponseIdleTimeout":"00:00:03",
            "IdleConnectionTimeout":"00:00:04","IdleConnectionsMax":5,"DnsRefresh":"00:00:06"
            """.ReplaceLineEndings(""),
            model["Upstream"]!.ToJsonString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "http://plain:1", "http://tls:1", "from-environment")]
    [InlineData("", "", null, null, "")]
    [InlineData("own:2", "own-list", "http://own:2", "http://own:2", "own-list")]
    public void Build_Proxy_IsTheSettingsElseTheEnvironments(
        string? proxy, string? noProxy, string? http, string? https, string expectedNoProxy)
    {
        var variables = new ProxyVariables
        {
            Http = KeyValuePair.Create("http_proxy", "http://plain:1"),
            Https = KeyValuePair.Create("https_proxy", "tls:1"),
            NoProxy = "from-environment",
        };

        var model = Build(new SluiceSettings { Upstream = new() { Proxy = proxy, NoProxy = noProxy } }, variables);

        Assert.Equal(http, (string?)model["Upstream"]!["HttpProxy"]);
        Assert.Equal(https, (string?)model["Upstream"]!["HttpsProxy"]);
        Assert.Equal(expectedNoProxy, (string?)model["Upstream"]!["NoProxy"]);
    }

    [Fact]
    public void Build_FurtherProvider_IsFoundUnderBothOfItsNames()
    {
        var providers = Build(new SluiceSettings
        {
            Providers = new Dictionary<string, ProviderSettings>
            {
                ["my-llm"] = new() { BaseUrl = "http://127.0.0.1:9000//v1//", Api = "openai" },
                ["plain"] = new() { BaseUrl = "http://127.0.0.1:9000" },
            },
        })["Providers"]!.AsArray();

        Assert.Equal(
            ["custom-my-llm", "custom-plain", "my-llm", "plain"],
            providers.Select(Slug).Where(slug => slug.Contains("my-llm") || slug.Contains("plain")).Order());
        Assert.Equal(2, (int)providers.Single(provider => Slug(provider) == "my-llm")!["Api"]!);
        Assert.Equal(0, (int)providers.Single(provider => Slug(provider) == "plain")!["Api"]!);
    }

    [Fact]
    public void Build_Gateways_KeepTheirOrderAndLogs()
    {
        var gateways = Build(new SluiceSettings
        {
            Gateways = [new() { Id = "b" }, new() { AccountId = "x", Id = "a", CollectLogs = false }],
        })["Gateways"]!.AsArray();

        Assert.Equal(["local/b", "x/a"], gateways.Select(gateway => (string?)gateway!["Key"]));
        Assert.Equal([true, false], gateways.Select(gateway => (bool)gateway!["CollectLogs"]!));
    }

    private static string Slug(JsonNode? provider) => (string)provider!["Slug"]!;

    private static JsonNode Build(SluiceSettings settings, ProxyVariables? proxies = null)
    {
        var build = typeof(ModelBuilder).GetMethod(nameof(Build), BindingFlags.Public | BindingFlags.Static)!;
        var model = build.Invoke(null, [settings, proxies ?? new ProxyVariables()])!;
        return JsonSerializer.SerializeToNode(model, model.GetType())!;
    }
}
