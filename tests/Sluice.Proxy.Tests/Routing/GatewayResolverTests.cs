using System.Text;
using Sluice.Proxy.Model;
using Sluice.Proxy.Routing;

namespace Sluice.Proxy.Tests.Routing;

public sealed class GatewayResolverTests
{
    private static readonly EngineModel Model = Resolving.Model;

    [Theory]
    [InlineData("/v1/acct/gw/openai/models", "gw")]
    [InlineData("/v1/other/gw-2/openai/models", "gw-2")]
    [InlineData("/openai/models", "gw")]
    [InlineData("http://proxy.example/v1/other/gw-2/openai/models", "gw-2")]
    [InlineData("HTTPS://proxy.example:8443/openai/models", "gw")]
    public void Resolve_KnownTarget_NamesGatewayAndProvider(string target, string gateway)
    {
        var resolved = Model.Resolve(target);

        Assert.Equal("https://api.openai.com/v1/models", resolved.Url);
        Assert.Equal(gateway, resolved.Result.Gateway!.Id);
        Assert.Equal("openai", resolved.Result.Provider!.Slug);
        Assert.Null(resolved.Result.AskedFor);
        Assert.Null(resolved.Result.Hint);
    }

    [Theory]
    [InlineData("//v1///acct//gw/////anthropic//v1//messages", "/v1/messages")]
    [InlineData("/v1/acct/gw/anthropic/v1/messages//", "/v1/messages/")]
    [InlineData("/v1/acct/gw/anthropic/v1/messages/", "/v1/messages/")]
    [InlineData("//anthropic//v1/messages?u=http://a//b//c", "/v1/messages?u=http://a//b//c")]
    [InlineData("/anthropic/v1/messages?a//b", "/v1/messages?a//b")]
    [InlineData("http://h//anthropic//v1/messages", "/v1/messages")]
    [InlineData("/v1/acct/gw/anthropic//", "/")]
    public void Resolve_RunsOfSlashes_CountAsOneInThePathOnly(string target, string expected) =>
        Assert.Equal("https://api.anthropic.com" + expected, Model.Resolve(target).Url);

    [Theory]
    [InlineData("/v1/a:b@c/%2F%3a%zz/\u00e9")]
    [InlineData("/v1/files/a.b..c/...")]
    [InlineData("/v1/messages?")]
    [InlineData("/v1/messages?a=%2e%2e/../&b=/./")]
    [InlineData("/v1/messages?a?b")]
    [InlineData("/v1/messages;p=1")]
    public void Resolve_EscapesAndOddCharacters_StayByteForByte(string rest) =>
        Assert.Equal("https://api.anthropic.com" + rest, Model.Resolve("/anthropic" + rest).Url);

    [Theory]
    [InlineData("/anthropic/../openai")]
    [InlineData("/anthropic/v1/%2e%2e/api")]
    [InlineData("/anthropic/v1/..")]
    [InlineData("/anthropic/./v1/messages")]
    [InlineData("/anthropic//..//v1")]
    [InlineData("/v1/../v1/acct/gw/anthropic/v1/messages")]
    [InlineData("/v1/acct/gw/workers-ai/run%2f..%2f..%2fx")]
    [InlineData("/..")]
    [InlineData("http://h/../anthropic")]
    public void Resolve_DotSegment_IsInvalid(string target)
    {
        var resolved = Model.Resolve(target);

        Assert.Equal(RouteStatus.InvalidPath, resolved.Result.Status);
        Assert.Contains("'..'", resolved.Target.Problem, StringComparison.Ordinal);
        Assert.Equal(resolved.Target.Problem, resolved.Result.Hint);
        Assert.Null(resolved.Target.Address);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("*")]
    [InlineData("/?a=/openai/models")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/v1/acct")]
    [InlineData("/v1/acct/")]
    [InlineData("/v1/messages")]
    [InlineData("/v1/messages?beta=true")]
    [InlineData("/v1/messages/count_tokens")]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1beta/models/gemini-2.5-flash:generateContent")]
    [InlineData("/OpenAI/models")]
    [InlineData("/custom-openai/models")]
    [InlineData("/openaix")]
    [InlineData("/%6fpenai/models")]
    [InlineData("/health")]
    [InlineData("host:443")]
    [InlineData("openai/models")]
    [InlineData("host/openai/models")]
    [InlineData("http://")]
    [InlineData("http:///openai/models")]
    [InlineData("http://openai")]
    [InlineData("http://h?/openai/models")]
    [InlineData("ftp://h/openai/models")]
    public void Resolve_NothingOfTheGateways_IsNotFoundAndSaysWhatToUse(string target)
    {
        var resolved = Model.Resolve(target);

        Assert.Equal(RouteStatus.NotFound, resolved.Result.Status);
        Assert.Contains("/v1/{account}/{gateway}/{provider}", resolved.Result.Hint, StringComparison.Ordinal);
        Assert.Null(resolved.Result.Gateway);
        Assert.Null(resolved.Target.Address);
    }

    [Theory]
    [InlineData("/v1/acct/nope/openai/models", "acct/nope")]
    [InlineData("/v1/nope/gw/openai/models", "nope/gw")]
    [InlineData("/v1/ACCT/gw/openai", "ACCT/gw")]
    [InlineData("/v1/acct/gw2", "acct/gw2")]
    [InlineData("/v1/acct%2Fgw/x/openai", "acct%2Fgw/x")]
    [InlineData("/v1/\u00e9<\"'>/gw/openai", "?<\"'>/gw")]
    public void Resolve_UnknownGateway_NamesWhatWasAskedFor(string target, string askedFor)
    {
        var resolved = Model.Resolve(target);

        Assert.Equal(RouteStatus.UnknownGateway, resolved.Result.Status);
        Assert.Equal(askedFor, resolved.Result.AskedFor);
        Assert.NotEmpty(resolved.Result.Hint!);
        Assert.Null(resolved.Result.Gateway);
    }

    [Theory]
    [InlineData("/v1/acct/gw/nope/models", "nope", "settings")]
    [InlineData("/v1/acct/gw/v1/messages", "v1", "settings")]
    [InlineData("/v1/acct/gw/OpenAI/models", "OpenAI", "'openai'")]
    [InlineData("/v1/acct/gw/openai%2fmodels", "openai%2fmodels", "settings")]
    public void Resolve_UnknownProvider_NamesWhatWasAskedFor(string target, string askedFor, string hint)
    {
        var resolved = Model.Resolve(target);

        Assert.Equal(RouteStatus.UnknownProvider, resolved.Result.Status);
        Assert.Equal(askedFor, resolved.Result.AskedFor);
        Assert.Contains(hint, resolved.Result.Hint, StringComparison.Ordinal);
        Assert.Equal("gw", resolved.Result.Gateway!.Id);
        Assert.Null(resolved.Result.Provider);
    }

    [Fact]
    public void Resolve_LongName_IsCut() =>
        Assert.Equal(new string('a', 100), Model.Resolve($"/v1/acct/gw/{new string('a', 5000)}").Result.AskedFor);

    [Theory]
    [InlineData("/v1/acct/gw", "universal")]
    [InlineData("/v1/acct/gw/", "universal")]
    [InlineData("/v1/acct/gw?a=b", "universal")]
    [InlineData("/v1/acct/gw/universal", "compat")]
    [InlineData("/v1/acct/gw/compat/chat/completions", "compat")]
    [InlineData("/compat/chat/completions", "compat")]
    public void Resolve_EndpointOfCloudflaresOwn_IsUnsupported(string target, string hint)
    {
        var resolved = Model.Resolve(target);

        Assert.Equal(RouteStatus.Unsupported, resolved.Result.Status);
        Assert.Contains(hint, resolved.Result.Hint, StringComparison.Ordinal);
        Assert.Equal("gw", resolved.Result.Gateway!.Id);
    }

    [Theory]
    [InlineData("/anything", "/anything", "https://api.anthropic.com/")]
    [InlineData("/anything", "//anything//v1/messages?a//b", "https://api.anthropic.com/v1/messages?a//b")]
    [InlineData("/anything", "/anything/messages/", "https://api.anthropic.com/v1/messages/")]
    [InlineData("/anything", "/anythingelse", "NotFound")]
    [InlineData("/openai", "/openai/v1/messages", "https://api.anthropic.com/v1/messages")]
    [InlineData("/v1/messages", "/v1/messages", "https://api.anthropic.com/")]
    [InlineData("/d\u00e9", "/d\u00c3\u00a9/v1/x", "https://api.anthropic.com/v1/x")]
    public void Resolve_FixedRoute_ComesFirst(string path, string target, string expected)
    {
        var model = Resolving.Create([], (path, "anthropic"));

        Assert.Equal(expected, model.Resolve(target).Url);
    }

    [Fact]
    public void Resolve_ReusedTarget_KeepsNothingOfTheRequestBefore()
    {
        var target = new UpstreamTarget();
        foreach (var line in (string[])["/fal/x", "/azure-openai/x", "/fal/x", "/nope", "/anthropic/v1/messages"])
        {
            using var head = Resolving.Parse(
                Encoding.ASCII.GetBytes(
                    $"GET {line} HTTP/1.1\r\nHost: h\r\nx-fal-target-url: https://fal.run/long/path\r\n\r\n"));
            GatewayResolver.Resolve(Model, head, out _, target);
        }

        Assert.Equal("/v1/messages"u8, target.Target);
        Assert.Equal(0UL, target.OmitHeaders);
        Assert.Null(target.Problem);
    }
}
