using Sluice.Proxy.Accounting;

namespace Sluice.Proxy.Tests.Accounting;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("/v1/a%20b/~!@:=,;+", "/v1/a%20b/~!@:=,;+")]
    [InlineData("", "")]
    [InlineData("/a\r\nINFO faked", @"/a\u000D\u000AINFO\u0020faked")]
    [InlineData("/a\u001B[31m\u007F", @"/a\u001B[31m\u007F")]
    [InlineData("/ż\u202E\u2028\uFFFD", @"/\u017C\u202E\u2028\uFFFD")]
    [InlineData("/\U0001F30D", @"/\uD83C\uDF0D")]
    [InlineData(@"/\u000A", @"/\\u000A")]
    public void Escape_Text_IsOneVisibleAsciiWord(string text, string expected) =>
        Assert.Equal(expected, LogText.Escape(text));

    [Fact]
    public void Escape_PlainText_IsNotCopied()
    {
        var text = new string('a', 10);

        Assert.Same(text, LogText.Escape(text));
    }
}
