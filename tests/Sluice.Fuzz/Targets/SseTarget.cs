using System.Text;
using Sluice.Fuzz.Reference;
using Sluice.Http;

namespace Sluice.Fuzz.Targets;

/// <summary>Event streams: the product's parser, whole and cut at random, against the reference reader.</summary>
internal sealed class SseTarget : IFuzzTarget
{
    private const int SmallLimit = 64;

    public string Name => "sse";

    public IReadOnlyList<byte[]> Corpus { get; } =
    [
        .. Fuzz.Corpus.Responses
            .Select(response => ReferenceMessageReader.ReadResponse(response).Body)
            .Where(body => body.AsSpan().IndexOf("data:"u8) >= 0),
        [0xEF, 0xBB, 0xBF, .. "id: 1\r\nevent: a\r\ndata: b\r\n\r\n"u8],
        [.. ": comment\rdata\rdata: x\r\rretry: 5\r"u8],
    ];

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. Fuzz.Corpus.Encode(
            "\r", "\n", "\r\n", "\n\n", "\r\r", "\r\n\r\n", ":", ": ", " ", "data", "data:", "data: ", "event: x\n",
            "id: 7\n", "id: \0\n", "retry: 1\n", "\0", "\u00EF\u00BB\u00BF", "\u00EF\u00BB", "data: {\"a\":1}\n\n"),
    ];

    public void Check(byte[] input, Random random)
    {
        foreach (var limit in (int[])[SseParser.DefaultEventBytesMax, SmallLimit])
        {
            var expected = ReferenceSseReader.Read(input, limit);
            Compare(expected, Parse(input, [], limit), "whole");
            var cuts = Cuts.AtRandom(random, input.Length);
            Compare(expected, Parse(input, cuts, limit), $"cut at {string.Join(',', cuts)}");
        }
    }

    private static void Compare(List<ReferenceSseEvent> expected, List<ReferenceSseEvent> actual, string how)
    {
        FuzzFindingException.ThrowUnlessEqual(expected.Count, actual.Count, $"events, {how}");
        for (var i = 0; i < expected.Count; i++)
        {
            FuzzFindingException.ThrowUnlessEqual(expected[i], actual[i], $"event {i}, {how}");
        }
    }

    private static List<ReferenceSseEvent> Parse(byte[] input, int[] cuts, int limit)
    {
        using var parser = new SseParser(limit);
        var recorder = new Recorder();
        var start = 0;
        foreach (var cut in cuts.Append(input.Length))
        {
            parser.Push(input.AsSpan(start..cut), ref recorder);
            start = cut;
        }

        FuzzFindingException.ThrowUnlessEqual(input.Length, parser.Position, "position");
        return recorder.Events;
    }

    private readonly struct Recorder() : ISseHandler
    {
        public List<ReferenceSseEvent> Events { get; } = [];

        public void OnEvent(in SseEvent e) => Events.Add(new(
            Encoding.Latin1.GetString(e.Type),
            Encoding.Latin1.GetString(e.Data),
            Encoding.Latin1.GetString(e.LastEventId),
            e.Start,
            e.End));
    }
}
