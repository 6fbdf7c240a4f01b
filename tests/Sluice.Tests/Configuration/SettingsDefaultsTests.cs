using Microsoft.Extensions.Logging;
using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

/// <summary>Every default, pinned: operators rely on them, and <c>configuration.md</c> states them.</summary>
public sealed class SettingsDefaultsTests
{
    [Fact]
    public void Settings_Defaults_ArePinned()
    {
        var settings = new SluiceSettings();

        Assert.Equal(["http://127.0.0.1:8787"], settings.Listen);
        Assert.Equal("http://127.0.0.1:8788", settings.Admin);
        Assert.Equal("./data", settings.Data);
        Assert.Equal(LogLevel.Information, settings.LogLevel);
        Assert.Null(settings.Tls);
        Assert.Empty(settings.Providers);
        Assert.Empty(settings.Routes);
        Assert.Equal(new TlsSettings { Certificate = "", Key = null, Password = null }, new TlsSettings());
        Assert.Equal(new ProviderSettings { BaseUrl = null, Api = null, AuthHeader = null }, new ProviderSettings());
        Assert.Equal(new RouteSettings { Path = "", Gateway = null, Provider = "" }, new RouteSettings());
    }

    [Fact]
    public void Gateway_Defaults_ArePinned()
    {
        var expected = new GatewaySettings
        {
            AccountId = "local",
            Id = "default",
            Authentication = false,
            CollectLogs = true,
            CollectLogPayloads = true,
            CacheTtl = 0,
            CacheInvalidateOnUpdate = true,
            RateLimitingInterval = 0,
            RateLimitingLimit = 0,
            RateLimitingTechnique = RateLimitingTechnique.Fixed,
            RetryMaxAttempts = 1,
            RetryDelay = 100,
            RetryBackoff = RetryBackoff.Constant,
            LogManagement = 100_000,
            LogManagementStrategy = LogManagementStrategy.DeleteOldest,
        };

        Assert.Equal(expected, Assert.Single(new SluiceSettings().Gateways));
    }

    [Fact]
    public void LimitsAndUpstream_Defaults_ArePinned()
    {
        var limits = new LimitSettings
        {
            RequestHeadBytes = 65_536,
            RequestLineBytes = 16_384,
            RequestBodyBytes = 536_870_912,
            RequestHeadTimeoutMs = 30_000,
            RequestBodyTimeoutMs = 60_000,
            ClientWriteTimeoutMs = 300_000,
            KeepAliveTimeoutMs = 180_000,
            DrainTimeoutMs = 60_000,
            HalfClose = HalfCloseMode.Cancel,
        };
        var upstream = new UpstreamSettings
        {
            ConnectTimeoutMs = 15_000,
            ResponseHeadTimeoutMs = 900_000,
            ResponseIdleTimeoutMs = 600_000,
            IdleConnectionTimeoutMs = 60_000,
            IdleConnectionsMax = 512,
            DnsRefreshMs = 30_000,
            Proxy = null,
            NoProxy = null,
            CaBundle = null,
        };

        Assert.Equal(limits, new SluiceSettings().Limits);
        Assert.Equal(upstream, new SluiceSettings().Upstream);
    }

    [Fact]
    public void Load_NoFileAndNoVariables_IsTheDefaults()
    {
        var result = Loading.LoadEnvironment();

        var settings = Loading.Valid(result);
        Assert.Null(result.File);
        Assert.Equal(new SluiceSettings().Listen, settings.Listen);
        Assert.Equal(new GatewaySettings(), Assert.Single(settings.Gateways));
        Assert.Equal(new LimitSettings(), settings.Limits);
        Assert.Equal(new UpstreamSettings(), settings.Upstream);
    }

    [Fact]
    public void Load_GroupsWithOneFieldEach_KeepTheOtherDefaults()
    {
        var settings = Loading.Valid(Loading.Load("""
            { "gateways": [ { "id": "team" } ], "limits": { "request_head_bytes": 2048, "request_line_bytes": 1024 },
              "upstream": { "dns_refresh_ms": 0 } }
            """));

        Assert.Equal(new GatewaySettings { Id = "team" }, Assert.Single(settings.Gateways));
        Assert.Equal(new LimitSettings { RequestHeadBytes = 2048, RequestLineBytes = 1024 }, settings.Limits);
        Assert.Equal(new UpstreamSettings { DnsRefreshMs = 0 }, settings.Upstream);
    }
}
