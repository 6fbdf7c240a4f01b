using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class ProxyVariablesTests
{
    [Theory]
    [InlineData("https_proxy,HTTPS_PROXY,all_proxy,ALL_PROXY", "https_proxy", "all_proxy")]
    [InlineData("HTTPS_PROXY,ALL_PROXY", "HTTPS_PROXY", "ALL_PROXY")]
    [InlineData("http_proxy,ALL_PROXY", "ALL_PROXY", "http_proxy")]
    [InlineData("HTTP_PROXY", null, null)]
    [InlineData("", null, null)]
    public void From_Environment_TakesTheCustomaryNames(string names, string? https, string? http)
    {
        var variables = ProxyVariables.From(names.Split(',').ToDictionary(name => name, name => $"http://{name}"));

        Assert.Equal(https, variables.Https?.Key);
        Assert.Equal(http, variables.Http?.Key);
    }

    [Fact]
    public void From_EmptyVariable_CountsAsNotThere() =>
        Assert.Equal("b", ProxyVariables.From(new Dictionary<string, string> { ["no_proxy"] = "", ["NO_PROXY"] = "b" }).NoProxy);

    [Theory]
    [InlineData("proxy:3128", "http://proxy:3128/")]
    [InlineData("http://user:secret@proxy:3128/", "http://user:secret@proxy:3128/")]
    public void TryParse_Proxy_IsRead(string text, string expected)
    {
        Assert.True(ProxyVariables.TryParse(text, out var proxy, out _));
        Assert.Equal(expected, proxy.AbsoluteUri);
    }

    [Theory]
    [InlineData("socks5://user:secret@proxy:1")]
    [InlineData("https://user:secret@proxy:1")]
    [InlineData("http://user:secret@proxy:1/path")]
    [InlineData("http://user:secret@")]
    public void TryParse_OtherText_IsRefusedWithoutShowingIt(string text)
    {
        Assert.False(ProxyVariables.TryParse(text, out _, out var problem));
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WrongVariable_IsNamedUnlessSettingsSayOtherwise()
    {
        var error = Assert.Single(Loading.LoadEnvironment(("ALL_PROXY", "socks5://x")).Errors);

        Assert.Equal(
            "ALL_PROXY: names a proxy of kind \"socks5\": only http:// proxies are available in this version; "
            + "to connect without it, set upstream.proxy to \"\"",
            error.ToString());
        Loading.Valid(Loading.LoadEnvironment(("ALL_PROXY", "socks5://x"), ("SLUICE_UPSTREAM__PROXY", "")));
    }
}
