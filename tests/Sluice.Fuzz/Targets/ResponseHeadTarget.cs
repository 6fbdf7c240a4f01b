namespace Sluice.Fuzz.Targets;

/// <summary>
/// Responses: the head is the same however it is cut, the product and the reference agree on which responses are
/// correct and where they end, and what is forwarded is one response with the same fields and body, or nothing whole.
/// </summary>
internal sealed class ResponseHeadTarget : IFuzzTarget
{
    // Byte by byte costs a parse step for each byte.
    private const int BytewiseMax = 2048;

    public string Name => "response-heads";

    public IReadOnlyList<byte[]> Corpus => Fuzz.Corpus.Responses;

    public IReadOnlyList<byte[]> Dictionary => Fuzz.Corpus.Framing;

    public void Check(byte[] input, Random random)
    {
        var toHead = random.Next(8) == 0;
        var whole = Forwarder.Response(input, [], toHead);
        Forwarding.CheckResponse(input, whole, toHead);

        var cuts = input.Length <= BytewiseMax && random.Next(16) == 0
            ? Cuts.Bytewise(input.Length)
            : Cuts.AtRandom(random, input.Length);
        var pieces = Forwarder.Response(input, cuts, toHead);
        Forwarding.CheckResponse(input, pieces, toHead);
        FuzzFindingException.ThrowUnless(
            whole.Agrees(pieces), $"{whole} differs from {pieces}, cut at {string.Join(',', cuts)}.");
    }
}
