using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

/// <summary>Ranges, names, and what must fit together.</summary>
public sealed class ValidationTests
{
    [Theory]
    [InlineData("\"listen\": []", "listen: must have at least one URL, as http://127.0.0.1:8787")]
    [InlineData("\"listen\": [\"http://127.0.0.1:8788\"]",
        "admin: takes the port of listen[0] (http://127.0.0.1:8788); give it another one")]
    [InlineData("\"listen\": [\"http://*:8788\"]",
        "admin: takes the port of listen[0] (http://*:8788); give it another one")]
    [InlineData("\"listen\": [\"http://localhost:8788\"]",
        "admin: takes the port of listen[0] (http://localhost:8788); give it another one")]
    [InlineData("\"listen\": [\"https://127.0.0.1:8443\"]",
        "listen[0]: is https and needs a certificate: set tls.certificate, or take http")]
    [InlineData("\"data\": \" \"", "data: must name a folder")]
    [InlineData("\"tls\": {}", "tls.certificate: must name a file")]
    [InlineData("\"tls\": { \"certificate\": \"/nowhere/a.pem\" }", "tls.certificate: \"/nowhere/a.pem\" does not exist")]
    [InlineData("\"upstream\": { \"ca_bundle\": \"/nowhere/a.pem\" }", "upstream.ca_bundle: \"/nowhere/a.pem\" does not exist")]
    [InlineData("\"upstream\": { \"ca_bundle\": \"/dev/null\" }",
        "upstream.ca_bundle: \"/dev/null\" has no certificate: it must be a PEM file")]
    [InlineData("\"upstream\": { \"proxy\": \"http://u:secret@\" }",
        "upstream.proxy: must be the URL of a proxy, as http://proxy.example:3128; \"\" is none")]
    public void Server_AndUpstream_AreChecked(string field, string expected) => AssertError(field, expected);

    [Theory]
    [InlineData("\"account_id\": \"a b\"", "account_id: \"a b\" must be 1 to 64 letters, digits, - and _")]
    [InlineData("\"account_id\": \"\"", "account_id: \"\" must be 1 to 64 letters, digits, - and _")]
    [InlineData("\"id\": \"Team\"", "id: \"Team\" must be 1 to 64 of a-z, 0-9 and _, with single dashes between them")]
    [InlineData("\"id\": \"a--b\"", "id: \"a--b\" must be 1 to 64 of a-z, 0-9 and _, with single dashes between them")]
    [InlineData("\"id\": \"a\\n\"", "id: \"a\n\" must be 1 to 64 of a-z, 0-9 and _, with single dashes between them")]
    [InlineData("\"cache_ttl\": -1", "cache_ttl: is -1: it must be between 0 and 2147483647")]
    [InlineData("\"retry_max_attempts\": 6", "retry_max_attempts: is 6: it must be between 1 and 5")]
    [InlineData("\"retry_delay\": 60001", "retry_delay: is 60001: it must be between 0 and 60000")]
    [InlineData("\"log_management\": 9999", "log_management: is 9999: it must be between 10000 and 10000000")]
    [InlineData("\"authentication\": true",
        "authentication: true: gateway authentication is not available in this version; it must be false")]
    [InlineData("\"cache_ttl\": 60", "cache_ttl: is 60: caching is not available in this version; it must be 0")]
    [InlineData("\"rate_limiting_limit\": 5",
        "rate_limiting_limit: is 5: rate limiting is not available in this version; it must be 0")]
    [InlineData("\"retry_max_attempts\": 2",
        "retry_max_attempts: is 2: retries by the gateway are not available in this version; it must be 1")]
    [InlineData("\"log_management\": 20000",
        "log_management: is 20000: stored logs are not available in this version; it must be 100000")]
    [InlineData("\"log_management_strategy\": \"STOP_INSERTING\"",
        "log_management_strategy: \"STOP_INSERTING\": stored logs are not available in this version; it must be \"DELETE_OLDEST\"")]
    public void Gateway_IsChecked(string field, string expected) =>
        AssertError("\"gateways\": [ { " + field + " } ]", "gateways[0]." + expected);

    [Fact]
    public void Gateways_NoneOrTwoOfOneName_AreErrors()
    {
        AssertError(
            "\"gateways\": []", "gateways: must have at least one gateway; leave it out for account local, gateway default");
        AssertError("\"gateways\": [ {}, {} ]", "gateways[1].id: there is a gateway local/default already");
    }

    [Theory]
    [InlineData("\"my\": {}", "my.base_url: is missing: no built-in provider has this name")]
    [InlineData("\"anthropc\": {}",
        "anthropc.base_url: is missing: no built-in provider has this name; did you mean \"anthropic\"?")]
    [InlineData("\"openai\": { \"api\": \"openai\" }",
        "openai.api: belongs to a built-in provider, whose wire format is fixed; leave it out, or give the provider a name of its own")]
    [InlineData("\"my\": { \"base_url\": \"http://a\", \"api\": \"x\" }",
        "my.api: \"x\" is not a wire format: it must be one of anthropic, openai, gemini, bedrock, vertex, cohere, unknown")]
    [InlineData("\"my\": { \"base_url\": \"http://a\", \"auth_header\": \"a b\" }", "my.auth_header: \"a b\" is not the name of a header")]
    [InlineData("\"my\": { \"base_url\": \"ftp://a\" }",
        "my.base_url: \"ftp://a\" is not a base URL: it must begin with http:// or https:// and a host, as https://llm.example/v1")]
    [InlineData("\"my\": { \"base_url\": \"http://a/?\" }",
        "my.base_url: \"http://a/?\" must not have a query or a fragment; requests bring their own")]
    [InlineData("\"my\": { \"base_url\": \"http://u:secret@a\" }",
        "my.base_url: must not have a user name or a password; clients send their credentials in a header")]
    [InlineData("\"compat\": { \"base_url\": \"http://a\" }",
        "compat: is no name for a provider: it must have 1 to 64 of a-z, 0-9, - and _, and must not be v1, compat or universal")]
    [InlineData("\"a\": { \"base_url\": \"http://a\" }, \"custom-a\": { \"base_url\": \"http://a\" }",
        "custom-a: has the same address as the provider \"a\"; drop one of them")]
    public void Provider_IsChecked(string field, string expected) =>
        AssertError("\"providers\": { " + field + " }", "providers." + expected);

    [Theory]
    [InlineData("", "openai", null, "path: is missing: it must be a prefix, as \"/anything\"")]
    [InlineData("a", "openai", null, "path: \"a\" must begin with a slash and have only what a URL's path may have")]
    [InlineData("/a?b", "openai", null, "path: \"/a?b\" must begin with a slash and have only what a URL's path may have")]
    [InlineData("/a/../b", "openai", null, "path: \"/a/../b\" must not have a segment \".\" or \"..\"")]
    [InlineData("/", "openai", null, "path: \"/\" would hide /v1/{account}/{gateway}/...; take another prefix")]
    [InlineData("//v1/", "openai", null, "path: \"//v1/\" would hide /v1/{account}/{gateway}/...; take another prefix")]
    [InlineData("/v1/local", "openai", null, "path: \"/v1/local\" would hide /v1/{account}/{gateway}/...; take another prefix")]
    [InlineData("/a", "", null, "provider: is missing: it must be the name of a provider")]
    [InlineData("/a", "opnai", null, "provider: there is no provider \"opnai\"; did you mean \"openai\"?")]
    [InlineData("/a", "openai", "x", "gateway: there is no gateway \"x\"")]
    [InlineData("/a", "openai", "team",
        "gateway: several accounts have a gateway \"team\"; take one of \"local/team\", \"other/team\"")]
    public void Route_IsChecked(string path, string provider, string? gateway, string expected)
    {
        var settings = new SluiceSettings
        {
            Gateways = [new() { Id = "team" }, new() { AccountId = "other", Id = "team" }],
            Routes = [new() { Path = path, Provider = provider, Gateway = gateway }],
        };

        Assert.Equal("routes[0]." + expected, Assert.Single(Check(settings)));
    }

    [Fact]
    public void Routes_OfOnePrefixWrittenTwice_AreAnError() => Assert.Equal(
        "routes[1].path: there is a route for \"//a/\" already",
        Assert.Single(Check(new SluiceSettings
        {
            Routes = [new() { Path = "/a", Provider = "openai" }, new() { Path = "//a/", Provider = "openai" }],
        })));

    [Theory]
    [InlineData("request_head_bytes", 1024, 1_048_576)]
    [InlineData("request_line_bytes", 256, 65_536)]
    [InlineData("request_body_bytes", 0, long.MaxValue)]
    [InlineData("request_head_timeout_ms", 1, 86_400_000)]
    [InlineData("request_body_timeout_ms", 1, 86_400_000)]
    [InlineData("client_write_timeout_ms", 1, 86_400_000)]
    [InlineData("keep_alive_timeout_ms", 1, 86_400_000)]
    [InlineData("drain_timeout_ms", 0, 86_400_000)]
    public void Limits_RangesOfAllFields_ArePinned(string field, long least, long largest) =>
        AssertRange("limits", field, least, largest, "\"request_line_bytes\": 512");

    [Theory]
    [InlineData("connect_timeout_ms", 1, 86_400_000)]
    [InlineData("response_head_timeout_ms", 1, 86_400_000)]
    [InlineData("response_idle_timeout_ms", 1, 86_400_000)]
    [InlineData("idle_connection_timeout_ms", 1, 86_400_000)]
    [InlineData("idle_connections_max", 0, 65_535)]
    [InlineData("dns_refresh_ms", 0, 86_400_000)]
    public void Upstream_RangesOfAllFields_ArePinned(string field, long least, long largest) =>
        AssertRange("upstream", field, least, largest, "\"no_proxy\": \"\"");

    private static void AssertRange(string group, string field, long least, long largest, string other)
    {
        Loading.Valid(Loading.Load(Json(least)));
        Loading.Valid(Loading.Load(Json(largest)));
        Assert.NotEmpty(Loading.Load(Json(least - 1)).Errors);
        if (largest < long.MaxValue)
        {
            Assert.NotEmpty(Loading.Load(Json(largest + 1)).Errors);
        }

        // The line must fit into the head, so the head's own test needs a small one.
        string Json(long value) =>
            "{ \"" + group + "\": { " + (field == "request_line_bytes" ? "" : other + ", ") + $"\"{field}\": {value} }} }}";
    }

    private static void AssertError(string field, string expected) =>
        Assert.Equal(expected, Loading.Error(Loading.Load("{" + field + "}")).Split(' ', 2)[1]);

    private static string[] Check(SluiceSettings settings)
    {
        var errors = new SettingsErrors();
        SettingsValidator.Check(settings, new ProxyVariables(), errors);
        return [.. errors.ToList().Select(error => error.ToString())];
    }
}
