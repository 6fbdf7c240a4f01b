using System.Text;
using Sluice.Fuzz.Reference;

namespace Sluice.Http.Tests;

/// <summary>Keeps what an <see cref="SseParser"/> reports.</summary>
internal readonly struct SseRecorder() : ISseHandler
{
    public List<ReferenceSseEvent> Events { get; } = [];

    public void OnEvent(in SseEvent e) => Events.Add(new(
        Encoding.Latin1.GetString(e.Type),
        Encoding.Latin1.GetString(e.Data),
        Encoding.Latin1.GetString(e.LastEventId),
        e.Start,
        e.End));

    /// <summary>Parses a stream that is cut at the given offsets, which are in ascending order.</summary>
    public static List<ReferenceSseEvent> Parse(
        byte[] stream, IEnumerable<int> cuts, int eventBytesMax = SseParser.DefaultEventBytesMax)
    {
        using var parser = new SseParser(eventBytesMax);
        var recorder = new SseRecorder();
        var start = 0;
        foreach (var cut in cuts)
        {
            parser.Push(stream.AsSpan(start, cut - start), ref recorder);
            start = cut;
        }

        parser.Push(stream.AsSpan(start), ref recorder);
        Assert.Equal(stream.Length, parser.Position);
        return recorder.Events;
    }

    /// <summary>Checks that a stream yields the events, however it is cut.</summary>
    public static void AssertParses(
        byte[] stream,
        IReadOnlyCollection<ReferenceSseEvent> events,
        int eventBytesMax = SseParser.DefaultEventBytesMax)
    {
        Assert.Equal(events, Parse(stream, [], eventBytesMax));
        Assert.Equal(events, Parse(stream, Enumerable.Range(1, Math.Max(0, stream.Length - 1)), eventBytesMax));
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            Assert.Equal(events, Parse(stream, [cut], eventBytesMax));
        }
    }
}
