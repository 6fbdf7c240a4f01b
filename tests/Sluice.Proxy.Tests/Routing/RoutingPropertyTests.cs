using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Proxy.Routing;

namespace Sluice.Proxy.Tests.Routing;

public sealed class RoutingPropertyTests
{
    private static readonly string[] Bases =
    [
        "/anthropic/v1/messages", "/v1/acct/gw/openai//v1/x", "/azure-openai/r/d/x", "/workers-ai/@cf/m",
        "/baseten/model/m", "/aws-bedrock/bedrock-runtime/us-east-1/model/m/invoke",
        "/google-vertex-ai/v1/projects/p/locations/eu/x", "/fal/m", "/google-ai-studio/v1/x", "/google/ws/x",
        "http://h/groq/chat/completions",
    ];

    // Every byte that a request target may have.
    private static readonly byte[] Allowed =
        [.. Enumerable.Range(0, 256).Select(b => (byte)b).Where(b => b is > (byte)' ' and not (byte)'#' and not 127)];

    private static readonly Gen<string> Texts = Gen.OneOf(
            Gen.Elements(Allowed).Select(b => Encoding.Latin1.GetString([b])),
            Gen.Elements("//", "/../", "?", "&", "=", "%2F", "%2e", "api_key="))
        .ListOf()
        .Select(string.Concat);

    [Fact]
    public void Resolve_AnyQuery_ArrivesByteForByte()
    {
        var cases = Gen.Elements(Bases).Zip(Texts).ToArbitrary();

        Prop.ForAll(cases, (Func<(string Path, string Query), bool>)IsUntouched)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

        static bool IsUntouched((string Path, string Query) pair)
        {
            var withoutQuery = Resolving.Model.Resolve(pair.Path).Url;
            return Resolving.Model.Resolve($"{pair.Path}?{pair.Query}").Url == $"{withoutQuery}?{pair.Query}";
        }
    }

    [Fact]
    public void Resolve_AnyTarget_EitherStaysWithItsProviderOrSaysWhatIsWrong()
    {
        var cases = Gen
            .Elements("/", "/anthropic/", "/v1/", "/v1/acct/gw/", "/azure-openai/", "/aws-bedrock/bedrock-runtime/", "")
            .Zip(Texts)
            .Select(pair => pair.Item1 + pair.Item2)
            .Where(target => target.Length > 0)
            .ToArbitrary();

        Prop.ForAll(cases, target =>
            {
                var resolved = Resolving.Model.Resolve(target);
                return resolved.Result.Status != RouteStatus.Found
                    ? resolved.Result.Hint is { Length: > 0 }
                    : IsKnownHost(resolved.Target.Address!.Host) && resolved.Target.Target[0] == '/';
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

        static bool IsKnownHost(string host) =>
            host.Count(c => c == '.') is 2 or 3
            && (host is "api.anthropic.com"
                || host.EndsWith(".openai.azure.com", StringComparison.Ordinal)
                || host.EndsWith(".amazonaws.com", StringComparison.Ordinal));
    }
}
