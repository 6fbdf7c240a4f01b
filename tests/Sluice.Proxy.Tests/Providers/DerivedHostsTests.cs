using System.Text;
using Sluice.Proxy.Providers;
using Sluice.Proxy.Routing;
using Sluice.Proxy.Tests.Routing;

namespace Sluice.Proxy.Tests.Providers;

public sealed class DerivedHostsTests
{
    private static readonly string[] Labels =
    [
        "evil.com%2f", "evil.com", "evil.com%23", "evil%2ecom", "a@evil.com", "@evil.com", "evil:80", "evil:80@x",
        "x%00", "us_east", "US-EAST-1", "%75s-east-1", "-us", "us-", "us\\evil", "u%5cs", "[::1]", "127.0.0.1",
        "localhost%3f", new('a', 64), "\u00e9",
    ];

    private static readonly string[] Shapes =
    [
        "/aws-bedrock/bedrock-runtime/{0}/model/m/invoke", "/aws-bedrock/bedrock-runtime/{0}/inference-profiles",
        "/aws-bedrock/bedrock-mantle/{0}/anthropic/v1/messages", "/azure-openai/{0}/deployment/chat/completions",
        "/google-vertex-ai/v1/projects/p/locations/{0}/publishers/x", "/baseten/model/{0}",
    ];

    public static TheoryData<string> HostileTargets =>
        [.. Shapes.SelectMany(_ => Labels, (shape, label) => shape.Replace("{0}", label, StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(HostileTargets))]
    public void Resolve_NoPlainHostLabel_IsRefusedWithAnExplanation(string target)
    {
        var resolved = Resolving.Model.Resolve("/v1/acct/gw" + target);

        Assert.Equal(RouteStatus.InvalidPath, resolved.Result.Status);
        Assert.Null(resolved.Target.Address);
        Assert.NotEmpty(resolved.Target.Problem!);
        Assert.Equal(resolved.Target.Problem, resolved.Result.Hint);
    }

    [Theory]
    [InlineData("/google-vertex-ai/v1/projects/p/locations/{0}/x", 52)]
    [InlineData("/baseten/model/{0}", 57)]
    [InlineData("/azure-openai/{0}/d/x", 63)]
    public void Resolve_LabelThatMakesTheHostTooLong_IsRefused(string shape, int longest)
    {
        Assert.Equal(RouteStatus.Found, StatusOf(shape, longest));
        Assert.Equal(RouteStatus.InvalidPath, StatusOf(shape, longest + 1));

        static RouteStatus StatusOf(string shape, int length) => Resolving.Model
            .Resolve(shape.Replace("{0}", new string('a', length), StringComparison.Ordinal)).Result.Status;
    }

    [Fact]
    public void TryGet_SameLabel_GivesTheSameAddress()
    {
        var hosts = new DerivedHosts("a.", ".example", replacement: null);

        Assert.True(hosts.TryGet("x"u8, out var first));
        Assert.True(hosts.TryGet("x"u8, out var second));

        Assert.Same(first, second);
        Assert.Equal("https://a.x.example:443", first.ToString());
    }

    [Fact]
    public void TryGet_MoreLabelsThanAreKept_StillGivesAddressesButKeepsNone()
    {
        var hosts = new DerivedHosts("", ".example", replacement: null);
        for (var i = 0; i < 1024; i++)
        {
            Assert.True(hosts.TryGet(Encoding.ASCII.GetBytes($"h{i}"), out _));
        }

        Assert.True(hosts.TryGet("late"u8, out var first));
        Assert.True(hosts.TryGet("late"u8, out var second));
        Assert.True(hosts.TryGet("h0"u8, out var early));
        Assert.True(hosts.TryGet("h0"u8, out var earlyAgain));

        Assert.NotSame(first, second);
        Assert.Equal(first, second);
        Assert.Same(early, earlyAgain);
    }
}
