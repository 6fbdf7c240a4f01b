using Sluice.Http;
using Sluice.Proxy.Routing;
using Sluice.Proxy.Tests.Routing;

namespace Sluice.Proxy.Tests.Providers;

public sealed class FalProviderTests
{
    [Theory]
    [InlineData("https://fal.run/fal-ai/fast-sdxl?a=1", "https://fal.run/fal-ai/fast-sdxl?a=1")]
    [InlineData("HTTPS://fal.run/fal-ai/fast-sdxl", "https://fal.run/fal-ai/fast-sdxl")]
    [InlineData("https://queue.fal.run/fal-ai/x/requests/1/status?logs=1",
        "https://queue.fal.run/fal-ai/x/requests/1/status?logs=1")]
    [InlineData("https://rest.alpha.fal.ai/storage/upload/initiate",
        "https://rest.alpha.fal.ai/storage/upload/initiate")]
    [InlineData("https://rest.fal.ai/tokens/", "https://rest.fal.ai/tokens/")]
    [InlineData("https://fal.ai", "https://fal.ai/")]
    [InlineData("https://fal.run?a=/../b", "https://fal.run/?a=/../b")]
    public void TryResolve_TargetUrl_ReplacesTheWholeTarget(string url, string expected)
    {
        var resolved = Resolving.Model.Resolve("/fal/ignored?also=ignored", $"X-Fal-Target-Url: {url}\r\n");

        Assert.Equal(expected, resolved.Url);
        Assert.Equal(1UL << (int)KnownHeader.FalTargetUrl, resolved.Target.OmitHeaders);
    }

    [Theory]
    [InlineData("http://fal.run/x")]
    [InlineData("httpx://fal.run/x")]
    [InlineData("https://evil.com/x")]
    [InlineData("https://evilfal.run/x")]
    [InlineData("https://fal.run.evil.com/x")]
    [InlineData("https://fal.run@evil.com/x")]
    [InlineData("https://evil.com\\.fal.run/x")]
    [InlineData("https://evil.com#.fal.run/x")]
    [InlineData("https://evil.com?.fal.run/x")]
    [InlineData("https://evil.com%2f.fal.run/x")]
    [InlineData("https://.fal.run/x")]
    [InlineData("https://a.b.fal.run/x")]
    [InlineData("https://fal.run:8443/x")]
    [InlineData("https://fal.run/../x")]
    [InlineData("https://fal.run/a#b")]
    [InlineData("https://fal.run/a b")]
    [InlineData("https://fal.run/a\tb")]
    [InlineData("https://fal.run/\u00e9")]
    [InlineData("https://")]
    [InlineData("")]
    public void TryResolve_TargetUrlThatIsNotFals_IsRefused(string url)
    {
        var resolved = Resolving.Model.Resolve("/fal/x", $"x-fal-target-url: {url}\r\n");

        Assert.Equal(RouteStatus.InvalidPath, resolved.Result.Status);
        Assert.Contains("x-fal-target-url", resolved.Target.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryResolve_TargetUrlWithOverriddenHost_KeepsThePath() =>
        Assert.Equal(
            "http://127.0.0.1:9000/f/storage?x",
            Resolving.Create(("fal", "http://127.0.0.1:9000/f"))
                .Resolve("/fal", "x-fal-target-url: https://rest.alpha.fal.ai/storage?x\r\n").Url);

    [Fact]
    public void TryResolve_TargetUrlForAnotherProvider_IsAnOrdinaryField()
    {
        var resolved = Resolving.Model.Resolve("/openai/models", "x-fal-target-url: https://fal.run/x\r\n");

        Assert.Equal("https://api.openai.com/v1/models", resolved.Url);
        Assert.Equal(0UL, resolved.Target.OmitHeaders);
    }
}
