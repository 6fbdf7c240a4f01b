using Microsoft.Extensions.Logging;
using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class EnvironmentSettingsTests
{
    [Fact]
    public void Variables_OfEveryKind_BeatTheFile()
    {
        var settings = Loading.Valid(Loading.Load(
            """
            { "listen": ["http://127.0.0.1:1"], "gateways": [ { "id": "one" }, { "id": "two", "collect_logs": true } ],
              "providers": { "my-llm": { "base_url": "http://file" }, "my_other": { "base_url": "http://file" } } }
            """,
            ("SLUICE_LISTEN", "http://127.0.0.1:2, http://127.0.0.1:3"),
            ("SLUICE_ADMIN", "http://127.0.0.1:4"),
            ("SLUICE_DATA", "/var/lib/sluice"),
            ("SLUICE_LOG_LEVEL", "Debug"),
            ("SLUICE_LIMITS__DRAIN_TIMEOUT_MS", "5"),
            ("SLUICE_UPSTREAM__PROXY", ""),
            ("SLUICE_PROVIDERS__OPENAI__BASE_URL", "http://variable"),
            ("SLUICE_PROVIDERS__MY_LLM__BASE_URL", "http://variable"),
            ("SLUICE_PROVIDERS__MY_OTHER__BASE_URL", "http://variable"),
            ("SLUICE_GATEWAYS__1__COLLECT_LOGS", "False"),
            ("SLUICE_GATEWAYS__2__ID", "three"),
            ("SLUICE_GATEWAYS__2__CACHE_TTL", "0")));

        Assert.Equal(["http://127.0.0.1:2", "http://127.0.0.1:3"], settings.Listen);
        Assert.Equal("http://127.0.0.1:4", settings.Admin);
        Assert.Equal("/var/lib/sluice", settings.Data);
        Assert.Equal(LogLevel.Debug, settings.LogLevel);
        Assert.Equal(5, settings.Limits.DrainTimeoutMs);
        Assert.Equal("", settings.Upstream.Proxy);
        Assert.Equal(["my-llm", "my_other", "openai"], settings.Providers.Keys.Order());
        Assert.All(settings.Providers.Values, provider => Assert.Equal("http://variable", provider.BaseUrl));
        Assert.Equal(["one", "two", "three"], settings.Gateways.Select(gateway => gateway.Id));
        Assert.Equal([true, false, true], settings.Gateways.Select(gateway => gateway.CollectLogs));
    }

    [Fact]
    public void Variables_WithoutFile_AddToTheDefaults()
    {
        var settings = Loading.Valid(Loading.LoadEnvironment(("SLUICE_GATEWAYS__0__COLLECT_LOGS", "false")));

        Assert.Equal(new GatewaySettings { CollectLogs = false }, Assert.Single(settings.Gateways));
    }

    [Fact]
    public void Variables_OfAListBeyondTen_AreTakenInTheOrderOfTheirPositions()
    {
        var variables = Enumerable.Range(0, 12).Select(index => ($"SLUICE_GATEWAYS__{index}__ID", $"g{index}")).ToArray();

        var settings = Loading.Valid(Loading.LoadEnvironment(variables));

        Assert.Equal(Enumerable.Range(0, 12).Select(index => $"g{index}"), settings.Gateways.Select(gateway => gateway.Id));
    }

    [Theory]
    [InlineData("SLUICE_GATEWAYS__0__COLLECT_LOGS", "maybe", "gateways[0].collect_logs: must be true or false")]
    [InlineData("SLUICE_LIMITS__DRAIN_TIMEOUT_MS", "5s", "limits.drain_timeout_ms: must be a whole number")]
    [InlineData("SLUICE_LIMITS__HALF_CLOSE", "x", "limits.half_close: must be one of \"cancel\", \"finish\"")]
    [InlineData("SLUICE_LIMITS__DRAIN_TIMEOUT_MS", "-1", "limits.drain_timeout_ms: is -1: it must be between 0 and 86400000")]
    [InlineData("SLUICE_GATEWAYS__0__AUTHENTICATION", "true",
        "gateways[0].authentication: true: gateway authentication is not available in this version; it must be false")]
    [InlineData("SLUICE_GATEWAYZ__0__ID", "x", "\"GATEWAYZ\" is not a setting; did you mean \"GATEWAYS\"?")]
    [InlineData("SLUICE_LIMITS__DRAIN_TIMEOUT", "5",
        "\"DRAIN_TIMEOUT\" is not a setting; did you mean \"DRAIN_TIMEOUT_MS\"?")]
    [InlineData("SLUICE_GATEWAYS__X__ID", "x", "\"gateways\" is a list: \"X\" must be a position, counted from 0")]
    [InlineData("SLUICE_GATEWAYS__1__ID", "x", "\"gateways\" has 0 elements so far: position 1 leaves a gap")]
    [InlineData("SLUICE_DATA__X", "x", "\"data\" is a single value and has nothing below it")]
    [InlineData("SLUICE_LIMITS", "x", "limits: is a group of settings: give the name of one of them behind two underscores")]
    [InlineData("SLUICE_LISTEN", "", "listen: must have at least one URL, as http://127.0.0.1:8787")]
    public void Variable_ThatDoesNotFit_IsNamed(string name, string value, string expected) =>
        Assert.Equal($"{name}: {expected}", Assert.Single(Loading.LoadEnvironment((name, value)).Errors).ToString());

    [Fact]
    public void Variable_ThatIsNoSetting_IsAWarning()
    {
        var result = Loading.LoadEnvironment(("SLUICE_VERSION", "1"), ("SLUICE_LISTENS", "x"));

        Loading.Valid(result);
        Assert.Equal(
            ["SLUICE_LISTENS: \"LISTENS\" is not a setting; did you mean \"LISTEN\"?", "SLUICE_VERSION: \"VERSION\" is not a setting"],
            result.Warnings.Select(warning => warning.ToString()));
    }

    [Fact]
    public void Variables_OfKubernetesServices_AreLeftAlone()
    {
        var result = Loading.LoadEnvironment(
            ("SLUICE_SERVICE_HOST", "10.0.0.1"),
            ("SLUICE_SERVICE_PORT", "8787"),
            ("SLUICE_SERVICE_PORT_HTTP", "8787"),
            ("SLUICE_PORT", "tcp://10.0.0.1:8787"),
            ("SLUICE_PORT_8787_TCP", "tcp://10.0.0.1:8787"),
            ("SLUICE_PORT_8787_TCP_ADDR", "10.0.0.1"),
            ("SLUICE_ADMIN_SERVICE_HOST", "10.0.0.2"));

        Loading.Valid(result);
        Assert.Empty(result.Warnings);
    }
}
