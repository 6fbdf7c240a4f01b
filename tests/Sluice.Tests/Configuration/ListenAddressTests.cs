using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8787", "http://127.0.0.1:8787", "http://127.0.0.1:8787")]
    [InlineData("https://0.0.0.0:8443/", "https://0.0.0.0:8443", "https://localhost:8443")]
    [InlineData("HTTP://[::1]:0", "http://[::1]:0", "http://[::1]:0")]
    [InlineData("http://[::]:1", "http://[::]:1", "http://127.0.0.1:1")]
    [InlineData("http://*:1", "http://*:1", "http://127.0.0.1:1")]
    [InlineData("http://+:1", "http://*:1", "http://127.0.0.1:1")]
    [InlineData("http://LOCALHOST:1", "http://localhost:1", "http://localhost:1")]
    [InlineData("http://10.0.0.1", "http://10.0.0.1:80", "http://10.0.0.1:80")]
    [InlineData("https://10.0.0.1", "https://10.0.0.1:443", "https://10.0.0.1:443")]
    public void Parse_ListenUrl_KnowsItsUrls(string url, string expected, string local)
    {
        var address = ListenAddress.Parse(url);

        Assert.Equal(expected, address.ToString());
        Assert.Equal(local, address.ToLocalUrl(address.Port));
    }

    [Theory]
    [InlineData("127.0.0.1:8787", "must begin with http:// or https://")]
    [InlineData("http://127.0.0.1:8787/x", "must be scheme, address and port only")]
    [InlineData("http://user@127.0.0.1:8787", "must be scheme, address and port only")]
    [InlineData("http://127.0.0.1:65536", "has no valid port")]
    [InlineData("http://127.0.0.1:", "has no valid port")]
    [InlineData("http://127.0.0.1:+1", "has no valid port")]
    [InlineData("http://example.com:80", "has \"example.com\" as its host")]
    [InlineData("http://::1:80", "has \"::1\" as its host")]
    [InlineData("http://[127.0.0.1]:80", "has \"[127.0.0.1]\" as its host")]
    [InlineData("http://:80", "has \"\" as its host")]
    [InlineData("http://localhost:0", "must have a port: localhost is two addresses")]
    public void Parse_OtherText_SaysWhatIsWrong(string url, string expected)
    {
        var exception = Assert.Throws<FormatException>(() => ListenAddress.Parse(url));

        Assert.StartsWith($"\"{url}\" {expected}", exception.Message, StringComparison.Ordinal);
    }
}
