namespace Sluice.Fuzz.Targets;

/// <summary>
/// Requests: the head is the same however it is cut, the product and the reference agree on which requests are correct
/// and where they end, and what is forwarded is one request with the same fields and body, or nothing whole.
/// </summary>
internal sealed class RequestHeadTarget : IFuzzTarget
{
    // Byte by byte costs a parse step for each byte.
    private const int BytewiseMax = 2048;

    public string Name => "request-heads";

    public IReadOnlyList<byte[]> Corpus => Fuzz.Corpus.Requests;

    public IReadOnlyList<byte[]> Dictionary => Fuzz.Corpus.Framing;

    public void Check(byte[] input, Random random)
    {
        var whole = Forwarder.Request(input, []);
        Forwarding.CheckRequest(input, whole);

        var cuts = input.Length <= BytewiseMax && random.Next(16) == 0
            ? Cuts.Bytewise(input.Length)
            : Cuts.AtRandom(random, input.Length);
        var pieces = Forwarder.Request(input, cuts);
        Forwarding.CheckRequest(input, pieces);
        FuzzFindingException.ThrowUnless(
            whole.Agrees(pieces), $"{whole} differs from {pieces}, cut at {string.Join(',', cuts)}.");
    }
}
