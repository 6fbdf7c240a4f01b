using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using static Sluice.Http.Tests.HeadParsing;

namespace Sluice.Http.Tests;

/// <summary>Where bodies end. The refusals are in <c>Conformance</c>.</summary>
public sealed class MessageFramingTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", BodyKind.None, 0)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\n\r\n", BodyKind.None, 0)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", BodyKind.ContentLength, 0)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n", BodyKind.ContentLength, 7)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", BodyKind.Chunked, 0)]
    [InlineData("GET / HTTP/1.0\r\n\r\n", BodyKind.None, 0)]
    [InlineData("DELETE / HTTP/1.0\r\n\r\n", BodyKind.None, 0)]
    public void OfRequest_Correct_IsFound(string text, BodyKind kind, long length)
    {
        using var head = Request(text);

        Assert.Equal(ParseError.None, MessageFraming.OfRequest(head, out var framing));
        Assert.Equal(new BodyFraming(kind, length), framing);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public void OfRequest_Http10WithBodyMethodAndNoLength_AsksForIt(string method)
    {
        using var head = Request($"{method} / HTTP/1.0\r\n\r\n");

        Assert.Equal(ParseError.LengthRequired, MessageFraming.OfRequest(head, out _));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", false, BodyKind.ContentLength, 7)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, BodyKind.Chunked, 0)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", false, BodyKind.UntilClose, 0)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", true, BodyKind.None, 0)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true, BodyKind.None, 0)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", true, BodyKind.None, 0)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", false, BodyKind.None, 0)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", false, BodyKind.None, 0)]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\n", false, BodyKind.None, 0)]
    public void OfResponse_Correct_IsFound(string text, bool toHead, BodyKind kind, long length)
    {
        using var head = Response(text);

        Assert.Equal(ParseError.None, MessageFraming.OfResponse(head, toHead, out var framing));
        Assert.Equal(new BodyFraming(kind, length), framing);
    }

    [Fact]
    public void OfRequest_AnyPlainNumber_IsItsLength()
    {
        var part = Gen.Choose(0, 999_999_999);
        var numbers =
            from high in Gen.OneOf(Gen.Constant(0), part)
            from low in part
            select (high * 1_000_000_000L) + low;

        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(numbers.ToArbitrary(), number =>
        {
            using var head = Request(string.Create(
                CultureInfo.InvariantCulture, $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {number}\r\n\r\n"));
            return MessageFraming.OfRequest(head, out var framing) == ParseError.None
                && framing == BodyFraming.OfLength(number);
        }));
    }

    [Fact]
    public void OfRequest_AnyOtherValue_IsRefused()
    {
        var values = Gen.Elements("5", "0", " ", "\t", ",", "+", "-", "x", ".", "\u00A0", "a", ";", "\"")
            .NonEmptyListOf().Select(string.Concat)
            .Where(value => !value.Trim(' ', '\t').All(char.IsAsciiDigit) || value.Trim(' ', '\t').Length is 0 or > 18);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(values.ToArbitrary(), value =>
        {
            using var head = Request($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {value}\r\n\r\n");
            return MessageFraming.OfRequest(head, out _) == ParseError.InvalidContentLength;
        }));
    }

    [Fact]
    public void OfRequest_AnyOtherCoding_IsRefused()
    {
        var parts = Gen.Elements(
            "chunked", "CHUNKED", "identity", "gzip", " ", "\t", ",", ";", "x", "\"", "\u00A0", "=");
        var values = parts.ListOf().Select(string.Concat)
            .Where(value => !value.Trim(' ', '\t').Equals("chunked", StringComparison.OrdinalIgnoreCase));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(values.ToArbitrary(), value =>
        {
            using var head = Request($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {value}\r\n\r\n");
            return MessageFraming.OfRequest(head, out _)
                is ParseError.InvalidTransferEncoding or ParseError.UnsupportedTransferCoding;
        }));
    }
}
