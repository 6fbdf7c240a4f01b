using System.Buffers;
using System.Text;
using Sluice.Http;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class KeepAliveHeaderTests
{
    [Theory]
    [InlineData("Keep-Alive: timeout=5", 4000)]
    [InlineData("Keep-Alive: timeout=5, max=100", 4000)]
    [InlineData("Keep-Alive: max=100, timeout=75", 74_000)]
    [InlineData("keep-alive: TIMEOUT=2", 1000)]
    [InlineData("Keep-Alive: timeout=1", 1)]
    [InlineData("Keep-Alive: timeout=2147483647", 2_147_483_646_000)]
    public void ReadPromise_WithATimeout_IsASecondLess(string line, long expected) =>
        Assert.Equal(expected, Read(line));

    [Theory]
    [InlineData("X-Other: timeout=5")]
    [InlineData("Keep-Alive: max=100")]
    [InlineData("Keep-Alive:")]
    [InlineData("Keep-Alive: timeout=")]
    [InlineData("Keep-Alive: timeout=0")]
    [InlineData("Keep-Alive: timeout=-5")]
    [InlineData("Keep-Alive: timeout=abc")]
    [InlineData("Keep-Alive: timeout=2147483648")]
    [InlineData("Keep-Alive: xtimeout=5")]
    public void ReadPromise_WithoutATimeout_IsNone(string line) => Assert.Equal(0, Read(line));

    private static long Read(string line)
    {
        using var head = new ResponseHead(HttpLimits.Default);
        var text = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{line}\r\n\r\n");
        Assert.Equal(ParseStatus.Complete, head.Parse(new ReadOnlySequence<byte>(text)));
        return KeepAliveHeader.ReadPromise(head);
    }
}
