using System.Text;

namespace Sluice.Http.Tests;

/// <summary>Recognition of field names.</summary>
public sealed class KnownHeadersTests
{
    public static TheoryData<string, KnownHeader> Names => new()
    {
        { "Accept", KnownHeader.Accept },
        { "Connection", KnownHeader.Connection },
        { "Content-Encoding", KnownHeader.ContentEncoding },
        { "Content-Length", KnownHeader.ContentLength },
        { "Content-Type", KnownHeader.ContentType },
        { "Date", KnownHeader.Date },
        { "Expect", KnownHeader.Expect },
        { "Host", KnownHeader.Host },
        { "Keep-Alive", KnownHeader.KeepAlive },
        { "Proxy-Authorization", KnownHeader.ProxyAuthorization },
        { "Proxy-Connection", KnownHeader.ProxyConnection },
        { "TE", KnownHeader.TE },
        { "Transfer-Encoding", KnownHeader.TransferEncoding },
        { "Upgrade", KnownHeader.Upgrade },
        { "x-fal-target-url", KnownHeader.FalTargetUrl },
        { "cf-aig-authorization", KnownHeader.GatewaySetting },
        { "cf-aig-a-setting-that-does-not-exist-yet", KnownHeader.GatewaySetting },
        { "cf-aig-", KnownHeader.GatewaySetting },
        { "cf-cache-ttl", KnownHeader.GatewaySetting },
        { "cf-skip-cache", KnownHeader.GatewaySetting },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Identify_InAnyCase_KnowsTheField(string name, KnownHeader id)
    {
        Assert.Equal(id, KnownHeaders.Identify(Encoding.ASCII.GetBytes(name)));
        Assert.Equal(id, KnownHeaders.Identify(Encoding.ASCII.GetBytes(name.ToUpperInvariant())));
        Assert.Equal(id, KnownHeaders.Identify(Encoding.ASCII.GetBytes(name.ToLowerInvariant())));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Identify_WithOneByteChanged_IsAnotherField(string name, KnownHeader id)
    {
        // The open end of cf-aig-* may change; everything else decides.
        var fixedLength = id == KnownHeader.GatewaySetting ? Math.Min(name.Length, 7) : name.Length;
        for (var i = 0; i < fixedLength; i++)
        {
            // '_' and '-' differ in bits other than the case bit, as do 'q' and all letters of the names in place.
            var changed = Encoding.ASCII.GetBytes(name);
            changed[i] = changed[i] == '-' ? (byte)'_' : (byte)'q';

            Assert.Equal(KnownHeader.Other, KnownHeaders.Identify(changed));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("t")]
    [InlineData("tea")]
    [InlineData("hosts")]
    [InlineData("content_length")]
    [InlineData("transfer_encoding")]
    [InlineData("\rtransfer-encoding")]
    [InlineData("cf-ray")]
    [InlineData("cf-aig")]
    [InlineData("x-cf-aig-skip-cache")]
    [InlineData("authorization")]
    public void Identify_OfOtherNames_IsOther(string name) =>
        Assert.Equal(KnownHeader.Other, KnownHeaders.Identify(Encoding.ASCII.GetBytes(name)));

    [Fact]
    public void HopByHop_IsExactlyTheConnectionFields()
    {
        var fields = Enum.GetValues<KnownHeader>().Where(id => (KnownHeaders.HopByHop & (1UL << (int)id)) != 0);

        Assert.Equal(
            [
                KnownHeader.Connection, KnownHeader.KeepAlive, KnownHeader.ProxyAuthorization,
                KnownHeader.ProxyConnection, KnownHeader.TE, KnownHeader.TransferEncoding, KnownHeader.Upgrade,
            ],
            fields);
    }

    [Fact]
    public void Ids_FitTheMaskOfAHead() => Assert.True((int)Enum.GetValues<KnownHeader>().Max() < 64);
}
