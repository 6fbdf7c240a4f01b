using Sluice.Fuzz.Reference;
using Sluice.Testing;
using static Sluice.Http.Tests.HeadParsing;

namespace Sluice.Http.Tests;

/// <summary>Heads of responses. Malformed ones are in <c>Conformance</c>.</summary>
public sealed class ResponseHeadTests
{
    public static TheoryData<string> Fixtures => [.. FixtureFiles.Responses];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void RecordedHead_CutAnywhere_IsTheSame(string name)
    {
        var (bytes, _) = FixtureFiles.Split(FixtureFiles.ReadResponse(name));
        using var head = new ResponseHead(HttpLimits.Default);

        AssertSameHoweverCut(head, bytes, h => $"{h.Status} {Latin1(h.Reason)}");
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void RecordedHead_Whole_HasThePartsThatTheReferenceSees(string name)
    {
        var message = FixtureFiles.ReadResponse(name);
        var reference = ReferenceMessageReader.ReadResponse(message);
        using var head = new ResponseHead(HttpLimits.Default);

        Assert.Equal(ParseStatus.Complete, head.ParseWhole(message));

        Assert.Equal(reference.FirstLine, $"HTTP/1.1 {head.Status} {Latin1(head.Reason)}");
        Assert.Equal(string.Concat(reference.Fields.Select(f => $"{f.Key}={f.Value}\n")), DescribeFields(head.Headers));
        Assert.Equal(message.AsSpan(0, reference.HeadLength), head.Bytes);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK", 200, "OK")]
    [InlineData("HTTP/1.1 200 ", 200, "")]
    [InlineData("HTTP/1.1 200", 200, "")]
    [InlineData("HTTP/1.0 404 Not Found", 404, "Not Found")]
    [InlineData("HTTP/1.1 529  two  spaces ", 529, " two  spaces ")]
    [InlineData("HTTP/1.1 100 Continue", 100, "Continue")]
    [InlineData("HTTP/1.1 999 \u00E9", 999, "\u00E9")]
    public void StatusLine_OfAnyForm_GivesStatusAndReason(string line, int status, string reason)
    {
        using var head = Response($"{line}\r\n\r\n");

        Assert.Equal(status, head.Status);
        Assert.Equal(reason, Latin1(head.Reason));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(103, true)]
    [InlineData(199, true)]
    [InlineData(200, false)]
    [InlineData(304, false)]
    public void IsInterim_ByStatus_LeavesOutSwitchingProtocols(int status, bool expected)
    {
        using var head = Response($"HTTP/1.1 {status} x\r\n\r\n");

        Assert.Equal(expected, head.IsInterim);
    }

    [Theory]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: Close\r\n", false)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "Connection: keep-alive\r\n", true)]
    public void KeepAlive_ByVersionAndConnection_FollowsTheStandard(string version, string fields, bool expected)
    {
        using var head = Response($"{version} 200 OK\r\n{fields}\r\n");

        Assert.Equal(expected, head.KeepAlive);
    }

    [Fact]
    public void Reset_AfterAnInterimHead_ForgetsIt()
    {
        using var head = Response("HTTP/1.0 103 Early Hints\r\nLink: x\r\n\r\n");

        head.Reset();

        Assert.Equal(0, head.Status);
        Assert.True(head.Reason.IsEmpty);
        Assert.Equal(ParseStatus.Complete, head.ParseWhole("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray()));
        Assert.Equal(0, head.Headers.Count);
        Assert.Equal(HttpVersion.Http11, head.Version);
    }

    [Fact]
    public void Parse_OfTheSecondHead_AllocatesNothing()
    {
        var message = FixtureFiles.ReadResponse("anthropic-stream");
        using var head = new ResponseHead(HttpLimits.Default);
        head.ParseWhole(message);
        head.Reset();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var status = head.ParseWhole(message);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(ParseStatus.Complete, status);
        Assert.Equal(0, allocated);
    }
}
