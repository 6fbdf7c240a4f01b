using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Proxy.Providers;

namespace Sluice.Proxy.Tests.Providers;

public sealed class PathSegmentsTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("/", "", "")]
    [InlineData("/a", "a", "")]
    [InlineData("/a/", "a", "/")]
    [InlineData("/a/b", "a", "/b")]
    public void Take_Path_GivesTheFirstSegmentAndTheRest(string path, string segment, string rest)
    {
        ReadOnlySpan<byte> remaining = Encoding.UTF8.GetBytes(path);

        var first = PathSegments.Take(ref remaining);

        Assert.Equal(segment, Encoding.UTF8.GetString(first));
        Assert.Equal(rest, Encoding.UTF8.GetString(remaining));
    }

    [Theory]
    [InlineData("/.", true)]
    [InlineData("/..", true)]
    [InlineData("/a/../b", true)]
    [InlineData("/a/./b", true)]
    [InlineData("/a/%2e%2E/b", true)]
    [InlineData("/a/.%2e/b", true)]
    [InlineData("/a/%2e", true)]
    [InlineData("/a%2f..%2Fb", true)]
    [InlineData("/a\\..\\b", true)]
    [InlineData("/a%5C..%5cb", true)]
    [InlineData("/a/...", false)]
    [InlineData("/.a/a./..a/a../.a.", false)]
    [InlineData("/.well-known/x", false)]
    [InlineData("/gemini-2.5-flash:generate", false)]
    [InlineData("/a%252e%252e/%2/%", false)]
    [InlineData("/arn%3Aaws%2Fid%2e1", false)]
    [InlineData("/", false)]
    [InlineData("", false)]
    public void HasDots_Path_FindsEverySpelling(string path, bool expected) =>
        Assert.Equal(expected, PathSegments.HasDots(Encoding.UTF8.GetBytes(path)));

    [Fact]
    public void HasDots_AnyPath_AgreesWithDecodingAndSplitting()
    {
        var pieces = Gen.Elements("/", ".", "%2e", "%2E", "%2f", "%2F", "\\", "%5c", "%", "%2", "a", "2e", "%25");
        var paths = Gen.ListOf(pieces).Select(list => "/" + string.Concat(list)).ToArbitrary();

        Prop.ForAll(paths, path => PathSegments.HasDots(Encoding.UTF8.GetBytes(path)) == Reference(path))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

        static bool Reference(string path) => path
            .Replace("%2e", ".", StringComparison.OrdinalIgnoreCase)
            .Replace("%2f", "/", StringComparison.OrdinalIgnoreCase)
            .Replace("%5c", "/", StringComparison.OrdinalIgnoreCase)
            .Split('/', '\\')
            .Any(segment => segment is "." or "..");
    }
}
