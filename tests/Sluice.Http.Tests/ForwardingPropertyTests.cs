using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Fuzz;

namespace Sluice.Http.Tests;

/// <summary>
/// Random messages on their way through the product. Correct ones arrive unchanged; whatever is made of them, the
/// bytes that leave never hold a message that the sender did not frame.
/// </summary>
public sealed class ForwardingPropertyTests
{
    private const string Smuggled = "GET /admin HTTP/1.1\r\nHost: internal\r\n\r\n";

    private static readonly Gen<string> Body = Gen.OneOf(
        Gen.Elements("", "{}", "0\r\n\r\n", "\r\n\r\n", Smuggled, "5\r\nhello\r\n0\r\n\r\n"),
        Gen.Choose(0, 255).Select(b => ((char)b).ToString()).ListOf().Select(string.Concat));

    // Few enough to stay below the limit of connection options.
    private static readonly Gen<string> Fields = Gen.Elements(
            "Accept: */*", "X-A:1", "x-b:\t two words ", "Connection: keep-alive", "Connection: close, X-A",
            "TE: trailers", "cf-aig-skip-cache: true", "Content-Type: application/json", "X-Empty:",
            "Keep-Alive: timeout=5", "Connection: content-length, transfer-encoding, host")
        .Select(line => line + "\r\n").ListOf().Resize(5).Select(string.Concat);

    private static readonly Gen<string> Trailers =
        Gen.Elements("", "", "X-T: 1\r\n", "X-T: 1\r\nx-u:\r\n");

    /// <summary>Head fields that frame a body, and the body in that framing.</summary>
    private static readonly Gen<(string Field, string Wire, string Body)> Framed = Gen.OneOf(
        from body in Body
        select ($"Content-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n", body, body),
        from chunks in Body.Where(chunk => chunk.Length > 0).ListOf()
        from extension in Gen.Elements("", ";a", " ;a=\"b\"")
        from trailers in Trailers
        select (
            "Transfer-Encoding: chunked\r\n",
            string.Concat(chunks.Select(c => $"{c.Length:X}{extension}\r\n{c}\r\n"))
                + $"0{extension}\r\n{trailers}\r\n",
            string.Concat(chunks)));

    private static readonly Gen<(byte[] Wire, string Body)> Requests =
        from method in Gen.Elements("POST", "GET", "PUT", "x")
        from target in Gen.Elements("/", "/v1/a/g/anthropic/v1/messages?beta=true", "http://h/p", "*")
        from before in Fields
        from after in Fields
        from framed in Framed
        select (
            Encode($"{method} {target} HTTP/1.1\r\n{before}Host: h\r\n{framed.Field}{after}\r\n{framed.Wire}"),
            framed.Body);

    private static readonly Gen<(byte[] Wire, string Body)> Responses =
        from status in Gen.Elements("200 OK", "429 Too Many Requests", "500 ", "529")
        from before in Fields
        from after in Fields
        from framed in Framed
        select (Encode($"HTTP/1.1 {status}\r\n{before}{framed.Field}{after}\r\n{framed.Wire}"), framed.Body);

    [Fact]
    public void CorrectRequest_WithAnotherBehind_ArrivesAsItself() =>
        CheckRoundTrip(Requests, Forwarder.Request, Forwarding.CheckRequest);

    [Fact]
    public void CorrectResponse_WithMoreBehind_ArrivesAsItself() => CheckRoundTrip(
        Responses,
        (input, cuts) => Forwarder.Response(input, cuts),
        (input, forwarded) => Forwarding.CheckResponse(input, forwarded, toHead: false));

    [Fact]
    public void MutatedRequest_Forwarded_IsOneRequestThatTheClientFramedOrNone() =>
        CheckMutations(Requests, Forwarder.Request, Forwarding.CheckRequest);

    [Fact]
    public void MutatedResponse_Forwarded_IsOneResponseThatTheUpstreamFramedOrNone() => CheckMutations(
        Responses,
        (input, cuts) => Forwarder.Response(input, cuts),
        (input, forwarded) => Forwarding.CheckResponse(input, forwarded, toHead: false));

    [Fact]
    public void Oracle_OnARequestWithALengthTakenOff_SeesTheSmuggling()
    {
        // The oracle is worth its name only if it fails where a product is wrong.
        var input = Encode($"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}");
        var forwarded = Forwarder.Request(input, []);
        var text = Encoding.Latin1.GetString(forwarded.Written);
        var tampered = Encode(text.Replace($"Content-Length: {Smuggled.Length}\r\n", "", StringComparison.Ordinal));

        Forwarding.CheckRequest(input, forwarded);
        Assert.Throws<FuzzFindingException>(
            () => Forwarding.CheckRequest(input, forwarded with { Written = tampered }));
        Assert.Throws<FuzzFindingException>(
            () => Forwarding.CheckRequest(input, forwarded with { Written = [.. forwarded.Written, (byte)'x'] }));
        Assert.Throws<FuzzFindingException>(
            () => Forwarding.CheckRequest(input, forwarded with { Status = ParseStatus.Invalid }));
    }

    private static void CheckRoundTrip(
        Gen<(byte[] Wire, string Body)> messages,
        Func<byte[], int[], Forwarded> forward,
        Action<byte[], Forwarded> check)
    {
        var cases =
            from message in messages
            from rest in Gen.Elements("", Smuggled, "x")
            from seed in Gen.Choose(0, int.MaxValue - 1)
            select (message.Wire, message.Body, Behind: rest, Seed: seed);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(cases.ToArbitrary(), c =>
        {
            byte[] input = [.. c.Wire, .. Encode(c.Behind)];
            var forwarded = forward(input, Cuts.AtRandom(new Random(c.Seed), input.Length));
            check(input, forwarded);
            return forwarded.Status == ParseStatus.Complete
                && forwarded.Consumed == c.Wire.Length
                && Encoding.Latin1.GetString(forwarded.Body) == c.Body;
        }));
    }

    private static void CheckMutations(
        Gen<(byte[] Wire, string Body)> messages,
        Func<byte[], int[], Forwarded> forward,
        Action<byte[], Forwarded> check)
    {
        var cases =
            from message in messages
            from other in messages
            from seed in Gen.Choose(0, int.MaxValue - 1)
            select (message.Wire, Other: other.Wire, Seed: seed);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var random = new Random(c.Seed);
            var mutator = new Mutator(random, [c.Other, Encode(Smuggled)], Corpus.Framing);
            byte[] input = mutator.Mutate([.. c.Wire, .. Encode(Smuggled)]);
            var whole = forward(input, []);
            check(input, whole);
            var pieces = forward(input, Cuts.AtRandom(random, input.Length));
            check(input, pieces);
            return whole.Agrees(pieces);
        }));
    }

    private static byte[] Encode(string text) => Encoding.Latin1.GetBytes(text);
}
