using System.Text;
using Sluice.Fuzz.Reference;
using Sluice.Testing;
using static Sluice.Http.Tests.HeadParsing;

namespace Sluice.Http.Tests;

/// <summary>Heads of requests. Malformed ones are in <c>Conformance</c>.</summary>
public sealed class RequestHeadTests
{
    public static TheoryData<string> Fixtures => [.. FixtureFiles.Requests];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void RecordedHead_CutAnywhere_IsTheSame(string name)
    {
        var (bytes, _) = FixtureFiles.Split(FixtureFiles.ReadRequest(name));
        using var head = new RequestHead(HttpLimits.Default);

        AssertSameHoweverCut(head, bytes, h => $"{Latin1(h.Method)} {Latin1(h.Target)}");
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void RecordedHead_Whole_HasThePartsThatTheReferenceSees(string name)
    {
        var message = FixtureFiles.ReadRequest(name);
        var reference = ReferenceMessageReader.ReadRequest(message);
        using var head = new RequestHead(HttpLimits.Default);

        Assert.Equal(ParseStatus.Complete, head.ParseWhole(message));

        Assert.Equal(reference.FirstLine, $"{Latin1(head.Method)} {Latin1(head.Target)} HTTP/1.1");
        Assert.Equal(string.Concat(reference.Fields.Select(f => $"{f.Key}={f.Value}\n")), DescribeFields(head.Headers));
        Assert.Equal(message.AsSpan(0, reference.HeadLength), head.Bytes);
    }

    [Theory]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: keep-alive\r\n", true)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: x, CLOSE\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: x\r\nConnection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: closed\r\n", true)]
    [InlineData("HTTP/1.2", "", true)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("HTTP/1.0", "Connection: close\r\n", false)]
    public void KeepAlive_ByVersionAndConnection_FollowsTheStandard(string version, string fields, bool expected)
    {
        using var head = Request($"GET / {version}\r\nHost: a\r\n{fields}\r\n");

        Assert.Equal(expected, head.KeepAlive);
    }

    [Theory]
    [InlineData("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n", true)]
    [InlineData("HTTP/1.1", "Connection: keep-alive, upgrade\r\nUpgrade: WebSocket\r\n", true)]
    [InlineData("HTTP/1.1", "Upgrade: websocket\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: Upgrade\r\n", false)]
    [InlineData("HTTP/1.0", "Connection: Upgrade\r\nUpgrade: websocket\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket, H2C\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n", false)]
    public void WantsUpgrade_ByFields_ExcludesCleartextHttp2(string version, string fields, bool expected)
    {
        using var head = Request($"GET / {version}\r\nHost: a\r\n{fields}\r\n");

        Assert.Equal(expected, head.WantsUpgrade);
    }

    [Theory]
    [InlineData("HTTP/1.1", "Expect: 100-continue\r\n", true)]
    [InlineData("HTTP/1.0", "Expect: 100-continue\r\n", false)]
    [InlineData("HTTP/1.1", "", false)]
    public void ExpectsContinue_ByVersion_IsOnlyForHttp11(string version, string fields, bool expected)
    {
        using var head = Request($"PUT / {version}\r\nHost: a\r\n{fields}\r\n");

        Assert.Equal(expected, head.ExpectsContinue);
    }

    [Theory]
    [InlineData("HEAD", true)]
    [InlineData("head", false)]
    [InlineData("GET", false)]
    public void IsHead_ByMethod_IsCaseSensitive(string method, bool expected)
    {
        using var head = Request($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(expected, head.IsHead);
    }

    [Fact]
    public void Reset_AfterOneHead_ForgetsIt()
    {
        using var head = Request("GET /a HTTP/1.0\r\nHost: a\r\nX-A: 1\r\n\r\n");

        head.Reset();

        Assert.Equal(0, head.Length);
        Assert.Equal(0, head.Headers.Count);
        Assert.False(head.Headers.Has(KnownHeader.Host));
        Assert.True(head.Bytes.IsEmpty);
        Assert.Equal(ParseStatus.Complete, head.ParseWhole("POST /b HTTP/1.1\r\nHost: b\r\n\r\n"u8.ToArray()));
        Assert.Equal("POST /b", $"{Latin1(head.Method)} {Latin1(head.Target)}");
        Assert.Equal(HttpVersion.Http11, head.Version);
    }

    [Fact]
    public void Reset_AfterAFault_AllowsTheNextHead()
    {
        using var head = new RequestHead(HttpLimits.Default);
        Assert.Equal(ParseStatus.Invalid, head.ParseWhole("GET /\r\n\r\n"u8.ToArray()));
        Assert.Equal(ParseError.InvalidRequestLine, head.Error);

        head.Reset();

        Assert.Equal(ParseError.None, head.Error);
        Assert.Equal(ParseStatus.Complete, head.ParseWhole("GET / HTTP/1.1\r\nHost: b\r\n\r\n"u8.ToArray()));
    }

    [Fact]
    public void Parse_WithBodyBehind_TakesTheHeadOnly()
    {
        using var head = new RequestHead(HttpLimits.Default);
        var message = FixtureFiles.ReadRequest("claude-code-turn1");

        Assert.Equal(ParseStatus.Complete, head.ParseWhole(message));

        Assert.Equal(FixtureFiles.Split(message).Head.Length, head.Length);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27, 14, 1, ParseError.None)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 26, 14, 1, ParseError.HeadTooLarge)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27, 13, 1, ParseError.RequestLineTooLong)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27, 14, 0, ParseError.TooManyHeaders)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 10, 14, 1, ParseError.RequestLineTooLong)]
    public void Limits_AtTheEdge_AreExact(
        string text, int headBytesMax, int lineBytesMax, int countMax, ParseError error)
    {
        var limits = new HttpLimits
        {
            HeadBytesMax = headBytesMax,
            RequestLineBytesMax = lineBytesMax,
            HeaderCountMax = countMax,
        };
        var bytes = Encoding.Latin1.GetBytes(text);
        using var whole = new RequestHead(limits);
        using var bytewise = new RequestHead(limits);

        whole.ParseWhole(bytes);
        for (var length = 1; length <= bytes.Length && bytewise.Error == ParseError.None; length++)
        {
            bytewise.ParseWhole(bytes[..length]);
        }

        Assert.Equal(error, whole.Error);
        Assert.Equal(error, bytewise.Error);
    }

    [Fact]
    public void Limit_PassedWithinOneRead_IsReportedAtOnce()
    {
        // The peer may fall silent now; a head that can no longer fit must not wait for its next byte.
        var limits = new HttpLimits { HeadBytesMax = 3000 };
        using var head = new RequestHead(limits);
        var bytes = Encoding.Latin1.GetBytes("GET / HTTP/1.1\r\nX: " + new string('x', 4000));

        Assert.Equal(ParseStatus.NeedMoreData, head.ParseWhole(bytes[..2900]));
        Assert.Equal(ParseStatus.Invalid, head.ParseWhole(bytes[..3100]));
        Assert.Equal(ParseError.HeadTooLarge, head.Error);
    }

    [Fact]
    public void Parse_OfTheSecondHead_AllocatesNothing()
    {
        var message = FixtureFiles.ReadRequest("claude-code-turn1");
        using var head = new RequestHead(HttpLimits.Default);
        head.ParseWhole(message);
        head.Reset();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var status = head.ParseWhole(message);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(ParseStatus.Complete, status);
        Assert.Equal(0, allocated);
    }
}
