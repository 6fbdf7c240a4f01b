using System.Text;
using static Sluice.Http.Tests.HeadParsing;

namespace Sluice.Http.Tests;

/// <summary>Look-ups in the fields of a head.</summary>
public sealed class HeaderTableTests
{
    private const string Head = "GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nConnection: keep-alive, X-One\r\n"
        + "x-one: 2\r\nCONNECTION:\tUpgrade ,, close\r\nX-Empty:\r\n\r\n";

    [Fact]
    public void TryGetValue_ById_FindsTheFirstLine()
    {
        using var head = Request(Head);

        Assert.True(head.Headers.TryGetValue(KnownHeader.Connection, out var value));
        Assert.Equal("keep-alive, X-One", Latin1(value));
        Assert.False(head.Headers.TryGetValue(KnownHeader.Date, out value));
        Assert.True(value.IsEmpty);
    }

    [Theory]
    [InlineData("X-One", "1")]
    [InlineData("x-ONE", "1")]
    [InlineData("host", "a")]
    [InlineData("X-Empty", "")]
    [InlineData("X-On", null)]
    [InlineData("X-One1", null)]
    [InlineData("", null)]
    public void TryGetValue_ByName_IgnoresCaseAndTakesTheWholeName(string name, string? expected)
    {
        using var head = Request(Head);

        var found = head.Headers.TryGetValue(Encoding.ASCII.GetBytes(name), out var value);

        Assert.Equal(expected is not null, found);
        Assert.Equal(expected ?? "", Latin1(value));
    }

    [Fact]
    public void CountOf_AndHas_CountLines()
    {
        using var head = Request(Head);

        Assert.Equal(2, head.Headers.CountOf(KnownHeader.Connection));
        Assert.Equal(1, head.Headers.CountOf(KnownHeader.Host));
        Assert.Equal(0, head.Headers.CountOf(KnownHeader.Date));
        Assert.True(head.Headers.Has(KnownHeader.Host));
        Assert.False(head.Headers.Has(KnownHeader.Date));
        Assert.Equal(6, head.Headers.Count);
    }

    [Theory]
    [InlineData("keep-alive", true)]
    [InlineData("x-one", true)]
    [InlineData("UPGRADE", true)]
    [InlineData("close", true)]
    [InlineData("keep", false)]
    [InlineData("", false)]
    public void HasToken_OverAllLines_ComparesWholeItems(string token, bool expected)
    {
        using var head = Request(Head);

        Assert.Equal(expected, head.Headers.HasToken(KnownHeader.Connection, Encoding.ASCII.GetBytes(token)));
        Assert.False(head.Headers.HasToken(KnownHeader.TransferEncoding, Encoding.ASCII.GetBytes(token)));
    }

    [Fact]
    public void Indexer_OfManyLines_KeepsOrderCaseAndOffsets()
    {
        var lines = Enumerable.Range(0, 100).Select(i => $"X-{i}: v{i} \r\n").ToArray();
        var text = $"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(lines)}\r\n";
        using var head = Request(text);

        Assert.Equal(101, head.Headers.Count);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = head.Headers[i + 1];
            Assert.Equal($"X-{i}", Latin1(head.Headers.Name(line)));
            Assert.Equal($"v{i}", Latin1(head.Headers.Value(line)));
            Assert.Equal(lines[i], text[line.LineStart..line.LineEnd]);
        }

        Assert.Throws<IndexOutOfRangeException>(() => head.Headers[101].LineStart);
    }
}
