using Sluice.Fuzz.Reference;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// Chunked bodies: what the product takes for whole, the reference reader takes for whole as well, with the same body
/// and end; and what leaves has the same chunks and trailers.
/// </summary>
internal sealed class ChunkedBodyTarget : IFuzzTarget
{
    public string Name => "chunked-bodies";

    public IReadOnlyList<byte[]> Corpus { get; } =
    [
        .. Fuzz.Corpus.Responses.Select(Body).Where(body => ReferenceMessageReader.ReadChunked(body).Chunks.Count > 0),
        .. Fuzz.Corpus.Encode(
            "5\r\nhello\r\n0\r\n\r\n",
            "A;name=value;b=\"c d\"\r\n0123456789\r\n0\r\nX-One: 1\r\nX-Two: 2\r\n\r\nnext",
            "000001 ; x\r\na\r\n1\r\nb\r\n000\r\n\r\n",
            "0\r\n\r\n"),
    ];

    public IReadOnlyList<byte[]> Dictionary => Fuzz.Corpus.Framing;

    public void Check(byte[] input, Random random)
    {
        var whole = Forwarder.Chunked(input, []);
        var cuts = Cuts.AtRandom(random, input.Length);
        var pieces = Forwarder.Chunked(input, cuts);
        FuzzFindingException.ThrowUnless(
            whole.Agrees(pieces) && whole.Written.AsSpan().SequenceEqual(pieces.Written),
            $"{whole} differs from {pieces}, cut at {string.Join(',', cuts)}.");

        Forwarding.CheckChunked(ReferenceMessageReader.ReadChunked(input), whole);
    }

    private static byte[] Body(byte[] response) => response[(response.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..];
}
