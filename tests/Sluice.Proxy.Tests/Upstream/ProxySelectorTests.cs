using Sluice.Proxy.Model;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class ProxySelectorTests
{
    private static readonly Uri HttpProxy = new("http://plain.proxy:3128");
    private static readonly Uri HttpsProxy = new("http://tls.proxy:3128");

    [Fact]
    public void For_Scheme_DecidesWhichProxy()
    {
        var selector = Selector("");

        Assert.Same(HttpProxy, selector.For(new("api.test", 80, isTls: false)));
        Assert.Same(HttpsProxy, selector.For(new("api.test", 443, isTls: true)));
    }

    [Fact]
    public void For_NoProxyOfThatScheme_IsDirect() =>
        Assert.Null(new ProxySelector(new() { HttpProxy = HttpProxy }).For(new("api.test", 443, isTls: true)));

    [Theory]
    [InlineData("localhost")]
    [InlineData("a.localhost")]
    [InlineData("localhost.")]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.8.7")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.2")]
    public void For_Loopback_IsDirect(string host) => Assert.Null(Selector("").For(new(host, 443, isTls: true)));

    [Theory]
    [InlineData("localhost.example.com")]
    [InlineData("notlocalhost")]
    [InlineData("128.0.0.1")]
    public void For_WhatOnlyLooksLikeLoopback_IsProxied(string host) =>
        Assert.NotNull(Selector("").For(new(host, 443, isTls: true)));

    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("example.com", "api.example.com")]
    [InlineData("example.com", "example.com.")]
    [InlineData(".example.com", "api.example.com")]
    [InlineData(".example.com", "example.com")]
    [InlineData("*.example.com", "api.example.com")]
    [InlineData("EXAMPLE.com", "API.example.COM")]
    [InlineData("a.test, example.com", "example.com")]
    [InlineData("a.test example.com", "example.com")]
    [InlineData("example.com:443", "example.com")]
    [InlineData("*", "anything.test")]
    [InlineData("a.test,*", "10.0.0.1")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.1:443", "10.0.0.1")]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1")]
    [InlineData("10.0.0.0/8", "10.255.0.1")]
    [InlineData("10.1.2.3/8", "10.255.0.1")]
    [InlineData("172.16.0.0/12", "172.31.255.255")]
    [InlineData("0.0.0.0/0", "8.8.8.8")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]:443", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1")]
    public void For_Exempt_IsDirect(string noProxy, string host) =>
        Assert.Null(Selector(noProxy).For(new(host, 443, isTls: true)));

    [Theory]
    [InlineData("", "example.com")]
    [InlineData(" , ", "example.com")]
    [InlineData(".", "example.com")]
    [InlineData("example.com", "badexample.com")]
    [InlineData("example.com", "example.com.evil.test")]
    [InlineData("api.example.com", "example.com")]
    [InlineData("example.com:80", "example.com")]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("10.0.0.1:80", "10.0.0.1")]
    [InlineData("10.0.0.0/8", "11.0.0.1")]
    [InlineData("172.16.0.0/12", "172.32.0.0")]
    [InlineData("10.0.0.0/33", "10.0.0.0")]
    [InlineData("10.0.0.0/x", "10.0.0.0")]
    [InlineData("0.0.0.0/0", "2001:db8::1")]
    [InlineData("2001:db8::/33", "2001:db8:8000::1")]
    [InlineData("[2001:db8::1]:80", "2001:db8::1")]
    [InlineData(".1", "10.0.0.1")]
    public void For_NotExempt_IsProxied(string noProxy, string host) =>
        Assert.Same(HttpsProxy, Selector(noProxy).For(new(host, 443, isTls: true)));

    private static ProxySelector Selector(string noProxy) =>
        new(new UpstreamOptions { HttpProxy = HttpProxy, HttpsProxy = HttpsProxy, NoProxy = noProxy });
}
