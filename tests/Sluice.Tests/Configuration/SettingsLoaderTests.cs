using Microsoft.Extensions.Logging;
using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class SettingsLoaderTests
{
    private const string Sample = """
        {
          "listen":  ["http://127.0.0.1:8787"],
          "admin":   "http://127.0.0.1:8788",
          "data":    "./data",
          "providers": {
            "anthropic": { "base_url": "https://api.anthropic.com" },
            "my-llm":    { "base_url": "http://127.0.0.1:9000", "api": "openai", "auth_header": "authorization" }
          },
          "gateways": [
            { "account_id": "local", "id": "default",
              "authentication": false, "collect_logs": true, "collect_log_payloads": true,
              "cache_ttl": 0, "cache_invalidate_on_update": true,
              "rate_limiting_interval": 0, "rate_limiting_limit": 0, "rate_limiting_technique": "fixed",
              "retry_max_attempts": 1, "retry_delay": 100, "retry_backoff": "constant",
              "log_management": 100000, "log_management_strategy": "DELETE_OLDEST" } ],
          "routes": [
            { "path": "/anything", "gateway": "default", "provider": "anthropic" } ]
        }
        """;

    [Fact]
    public void Load_SampleOfTheDocumentation_IsValid()
    {
        var settings = Loading.Valid(Loading.Load(Sample));

        Assert.Equal(new GatewaySettings(), Assert.Single(settings.Gateways));
        Assert.Equal("http://127.0.0.1:9000", settings.Providers["my-llm"].BaseUrl);
        Assert.Equal("openai", settings.Providers["my-llm"].Api);
        Assert.Equal("authorization", settings.Providers["my-llm"].AuthHeader);
        Assert.Equal(
            new RouteSettings { Path = "/anything", Gateway = "default", Provider = "anthropic" }, Assert.Single(settings.Routes));
    }

    [Fact]
    public void Load_EveryOtherField_IsRead()
    {
        var settings = Loading.Valid(Loading.Load("""
            { "log_level": "debug",
              "limits": { "request_head_bytes": 4096, "request_line_bytes": 512, "request_body_bytes": 0,
                "request_head_timeout_ms": 1, "request_body_timeout_ms": 2, "client_write_timeout_ms": 3,
                "keep_alive_timeout_ms": 4, "drain_timeout_ms": 0, "half_close": "finish" },
              "upstream": { "connect_timeout_ms": 5, "response_head_timeout_ms": 6, "response_idle_timeout_ms": 7,
                "idle_connection_timeout_ms": 8, "idle_connections_max": 0, "dns_refresh_ms": 9,
                "proxy": "http://proxy:3128", "no_proxy": "a,b", "ca_bundle": null } }
            """));

        Assert.Equal(LogLevel.Debug, settings.LogLevel);
        Assert.Equal(
            new LimitSettings
            {
                RequestHeadBytes = 4096,
                RequestLineBytes = 512,
                RequestBodyBytes = 0,
                RequestHeadTimeoutMs = 1,
                RequestBodyTimeoutMs = 2,
                ClientWriteTimeoutMs = 3,
                KeepAliveTimeoutMs = 4,
                DrainTimeoutMs = 0,
                HalfClose = HalfCloseMode.Finish,
            },
            settings.Limits);
        Assert.Equal(
            new UpstreamSettings
            {
                ConnectTimeoutMs = 5,
                ResponseHeadTimeoutMs = 6,
                ResponseIdleTimeoutMs = 7,
                IdleConnectionTimeoutMs = 8,
                IdleConnectionsMax = 0,
                DnsRefreshMs = 9,
                Proxy = "http://proxy:3128",
                NoProxy = "a,b",
            },
            settings.Upstream);
    }

    [Fact]
    public void Load_CommentsTrailingCommasAndByteOrderMark_AreAllowed() =>
        Assert.Equal("x", Loading.Valid(Loading.Load("\uFEFF// one\n{ /* two */ \"data\": \"x\", }")).Data);

    [Theory]
    [InlineData("{ \"listen\": [\n\"a\"\n\"b\" ] }", "3 : is not JSON: '\"' is invalid after a value.")]
    [InlineData("", "1 : is not JSON: The input does not contain any JSON tokens.")]
    [InlineData("[]", "1 : must be a JSON object: { ... }")]
    [InlineData("{}\n{}", "2 : is not JSON: '{' is invalid after a single JSON value.")]
    [InlineData("{ \"data\":\n\"\\ud800\" }", "2 : is not JSON: an escape in this string stands for no character")]
    public void Load_NotJson_SaysTheLine(string json, string expected) =>
        Assert.StartsWith(expected, Loading.Error(Loading.Load(json)), StringComparison.Ordinal);

    [Fact]
    public void Load_NotUtf8_IsRefused()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["a.json"], [0x7B, 0xFF, 0x7D]);

        Assert.Equal("0 : is not UTF-8 text", Loading.Error(new SettingsLoader(Loading.Sources(folder["a.json"])).Load()));
    }

    [Theory]
    [InlineData("\"adnim\": \"x\"", "adnim: is not a setting; did you mean \"admin\"?")]
    [InlineData("\"gateways\": [ { \"cacheTtl\": 0 } ]", "gateways[0].cacheTtl: is not a setting; did you mean \"cache_ttl\"?")]
    [InlineData("\"limits\": { \"zzz\": 1 }", "limits.zzz: is not a setting")]
    [InlineData("\"data\": \"a\", \"data\": \"b\"", "data: is there twice; the first one is in line 2")]
    [InlineData("\"admin\": 5", "admin: must be a text in quotation marks")]
    [InlineData("\"admin\": null", "admin: must be a text in quotation marks")]
    [InlineData("\"listen\": \"http://[::1]:1\"", "listen: must be a list: [ ... ]")]
    [InlineData("\"listen\": [ 5 ]", "listen[0]: must be a text in quotation marks")]
    [InlineData("\"limits\": 5", "limits: must be a group of settings: { ... }")]
    [InlineData("\"gateways\": [ 5 ]", "gateways[0]: must be a group of settings: { ... }")]
    [InlineData("\"providers\": { \"x\": null }", "providers.x: must be a group of settings: { ... }")]
    [InlineData("\"providers\": []", "providers: must be a map from names to groups of settings: { \"name\": { ... } }")]
    [InlineData("\"gateways\": [ { \"collect_logs\": \"true\" } ]",
        "gateways[0].collect_logs: must be true or false, without quotation marks")]
    [InlineData("\"gateways\": [ { \"retry_delay\": \"5\" } ]",
        "gateways[0].retry_delay: must be a whole number, without quotation marks")]
    [InlineData("\"gateways\": [ { \"retry_delay\": 1.5 } ]", "gateways[0].retry_delay: must be a whole number")]
    [InlineData("\"gateways\": [ { \"retry_delay\": 5000000000 } ]",
        "gateways[0].retry_delay: must be between -2147483648 and 2147483647")]
    [InlineData("\"gateways\": [ { \"retry_backoff\": \"linaer\" } ]",
        "gateways[0].retry_backoff: must be one of \"constant\", \"linear\", \"exponential\"")]
    [InlineData("\"gateways\": [ { \"collect_logs\": null } ]", "gateways[0].collect_logs: must be true or false")]
    public void Load_FieldThatDoesNotFit_SaysLinePathAndReason(string field, string expected) =>
        Assert.Equal("2 " + expected, Loading.Error(Loading.Load("{\n" + field + "\n}")));

    [Fact]
    public void Load_NullableFields_TakeNull()
    {
        var gateway = Loading.Valid(Loading.Load("""
            { "tls": null, "gateways": [ { "cache_ttl": null, "rate_limiting_interval": null, "rate_limiting_limit": null,
              "retry_max_attempts": null, "retry_delay": null, "retry_backoff": null, "log_management": null,
              "log_management_strategy": null } ] }
            """)).Gateways[0];

        Assert.Null(gateway.CacheTtl);
        Assert.Null(gateway.RetryBackoff);
        Assert.Null(gateway.LogManagementStrategy);
    }

    [Fact]
    public void Load_SeveralErrors_ReportsAllInOrderAndReturnsNothing()
    {
        var result = Loading.Load("""
            {
              "routes": [ { "path": "x", "provider": "opnai" } ],
              "unknown": 1,
              "limits": { "drain_timeout_ms": -1 },
              "gateways": [ { "authentication": true } ]
            }
            """);

        Assert.Equal(["routes[0].path", "routes[0].provider", "unknown", "limits.drain_timeout_ms", "gateways[0].authentication"],
            result.Errors.Select(error => error.Path));
        Assert.Equal([2, 2, 3, 4, 5], result.Errors.Select(error => error.Line));
        Assert.Null(result.Settings);
    }

    [Fact]
    public void Load_UnreadableField_IsNotReportedAgainForWhatFollows() =>
        Assert.Equal(
            "1 providers.my.base_url: must be a text in quotation marks",
            Loading.Error(Loading.Load("""{ "providers": { "my": { "base_url": 5 } } }""")));

    [Fact]
    public void Load_MissingFile_IsAnErrorOnlyWhereItIsNamed()
    {
        using var folder = new TempFolder();
        var missing = folder["none.json"];

        Assert.Equal("0 : does not exist", Loading.Error(new SettingsLoader(Loading.Sources(missing)).Load()));
        Assert.Equal(
            $"{missing}: does not exist (SLUICE_CONFIG names it)",
            Assert.Single(Loading.LoadEnvironment(("SLUICE_CONFIG", missing)).Errors).ToString());
        Assert.Equal(
            "0 : is a folder, not a settings file",
            Loading.Error(new SettingsLoader(Loading.Sources(folder.Path)).Load()));
    }

    [Fact]
    public void Load_FileNamedByVariable_IsReadUnlessTheCommandLineNamesAnother()
    {
        using var folder = new TempFolder();
        var one = folder.Write("one.json", """{ "data": "one" }""");
        var two = folder.Write("two.json", """{ "data": "two" }""");

        Assert.Equal("one", Loading.Valid(Loading.LoadEnvironment(("SLUICE_CONFIG", one))).Data);
        Assert.Equal("two", Loading.Valid(new SettingsLoader(Loading.Sources(two, ("SLUICE_CONFIG", one))).Load()).Data);
    }

    [Fact]
    public void Load_Overrides_BeatEnvironmentAndFile()
    {
        using var folder = new TempFolder();
        var sources = Loading.Sources(folder.Write("a.json", """{ "data": "file" }"""), ("SLUICE_DATA", "variable")) with
        {
            Overrides = [new SettingsOverride("--data", "data", "option"), new SettingsOverride("--listen", "listen", "nonsense")],
        };

        var error = Assert.Single(new SettingsLoader(sources).Load().Errors);
        var settings = Loading.Valid(new SettingsLoader(sources with { Overrides = [sources.Overrides[0]] }).Load());

        Assert.Equal("--listen: listen[0]: \"nonsense\" must begin with http:// or https://", error.ToString());
        Assert.Equal("option", settings.Data);
    }

    [Fact]
    public void Error_AsText_NamesFileLinePathAndReason() =>
        Assert.Equal("a.json:7: gateways[0].id: wrong", new SettingsError("a.json", 7, "gateways[0].id", "wrong").ToString());
}
