using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Fuzz.Reference;
using Sluice.Testing;

namespace Sluice.Http.Tests;

/// <summary>The parser against the standard's examples, the recorded streams and an independent reader.</summary>
public sealed class SseParserTests
{
    // What the standard distinguishes, so that random sequences meet each other's edges often.
    private static readonly string[] Tokens =
    [
        "\r", "\n", "\r\n", "\n\n", "\r\r", "data", "event", "id", "retry", "comment", ":", ": ", ":  ", " ", "\t",
        "data: {\"a\":1}\n\n", "data:x\r\n\r\n", "id: 7\0\n", "retry: 10\n", "\u00EF\u00BB\u00BF", "\u00EF", "\u00BB",
        "\u00C5\u009B", "\u00F0\u009F\u008C\u008D", "\0", "event: ping\n", "abcdefghijklmnopqrstuvwxyz",
    ];

    public static TheoryData<string, string, string> StandardCases => new()
    {
        // Data and type of each expected event are separated by '|', events by '+'.
        { "several data lines are joined with LF", "data: YHOO\ndata: +2\ndata: 10\n\n", "message|YHOO\n+2\n10" },
        {
            "comments, ids and one space",
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            "message|first event|1+message|second event|+message| third event|"
        },
        { "empty data lines and an unfinished block", "data\n\ndata\ndata\n\ndata:", "message|+message|\n" },
        { "space after the colon is optional", "data:test\n\ndata: test\n\n", "message|test+message|test" },
        { "only one space is removed", "data:  two\n\n", "message| two" },
        { "a tab is not removed", "data:\ttab\n\n", "message|\ttab" },
        { "CR ends lines", "data: a\rdata: b\r\rdata: c\r\r", "message|a\nb+message|c" },
        { "CRLF ends lines", "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", "message|a\nb+message|c" },
        { "mixed line ends", "data: a\r\ndata: b\rdata: c\n\r\ndata: d\r\n\r", "message|a\nb\nc+message|d" },
        { "LF CR is two line ends", "data: a\n\rdata: b\n\r", "message|a+message|b" },
        { "type without data is not dispatched, nor kept", "event: ping\n\ndata: x\n\n", "message|x" },
        { "the last type counts", "event: a\nevent: b\ndata: x\n\n", "b|x" },
        { "an empty type is message", "event: a\nevent:\ndata: x\n\n", "message|x" },
        { "the type is not carried over", "event: a\ndata: x\n\ndata: y\n\n", "a|x+message|y" },
        {
            "the id is carried over",
            "id: 1\ndata: x\n\ndata: y\n\nid: 2\n\ndata: z\n\n",
            "message|x|1+message|y|1+message|z|2"
        },
        { "an id with NUL is ignored", "id: 1\nid: 2\0\ndata: x\n\n", "message|x|1" },
        { "an empty id clears it", "id: 1\ndata: x\n\nid:\ndata: y\n\n", "message|x|1+message|y|" },
        { "unknown fields are ignored", "datas: x\nDATA: x\n data: x\ndata: y\nfoo\n\n", "message|y" },
        { "the colon ends the name once", "data: a:b: c\n\n", "message|a:b: c" },
        { "a comment line inside a block", "data: a\n: note\ndata: b\n\n", "message|a\nb" },
        { "data with NUL", "data: a\0b\n\n", "message|a\0b" },
        { "an unfinished block is discarded", "data: a\n\ndata: b\n", "message|a" },
        { "an unfinished line is discarded", "data: a\n\ndata: b", "message|a" },
        { "one byte order mark is removed", "\u00EF\u00BB\u00BFdata: a\n\n", "message|a" },
        {
            "a second mark belongs to the field name",
            "\u00EF\u00BB\u00BF\u00EF\u00BB\u00BFdata: a\n\ndata: b\n\n",
            "message|b"
        },
        { "a mark is nothing special later", "\ndata: a\n\n\u00EF\u00BB\u00BFdata: b\n\n", "message|a" },
        { "half a mark belongs to the field name", "\u00EF\u00BBdata: a\n\ndata: b\n\n", "message|b" },
        { "a mark and nothing else", "\u00EF\u00BB\u00BF", "" },
        { "nothing", "", "" },
        { "only line ends", "\r\n\n\r\r\n\n", "" },
        {
            "multi-byte characters",
            "data: \u00C5\u009B\u00F0\u009F\u008C\u008D\n\n",
            "message|\u00C5\u009B\u00F0\u009F\u008C\u008D"
        },
    };

    public static TheoryData<string> ResponseFixtures => [.. FixtureFiles.Responses];

    [Theory]
    [MemberData(nameof(StandardCases))]
    public void Stream_CutAnywhere_YieldsTheEventsOfTheStandard(string rule, string stream, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(stream);
        var reference = ReferenceSseReader.Read(bytes);
        var actual = expected.Contains('|', StringComparison.Ordinal) && expected.Split('+')[0].Split('|').Length == 3
            ? reference.Select(e => $"{e.Type}|{e.Data}|{e.LastEventId}")
            : reference.Select(e => $"{e.Type}|{e.Data}");

        Assert.True(expected == string.Join('+', actual), rule);
        SseRecorder.AssertParses(bytes, reference);
    }

    [Theory]
    [MemberData(nameof(ResponseFixtures))]
    public void RecordedBody_CutAnywhere_YieldsTheSameEvents(string name)
    {
        // Compressed and binary bodies take part as well: whatever comes must not depend on the cut.
        var body = ReferenceMessageReader.ReadResponse(FixtureFiles.ReadResponse(name)).Body;

        SseRecorder.AssertParses(body, ReferenceSseReader.Read(body));
    }

    [Fact]
    public void RecordedAnthropicStream_Whole_YieldsItsEventsInOrder()
    {
        var body = ReferenceMessageReader.ReadResponse(FixtureFiles.ReadResponse("anthropic-stream")).Body;

        var events = SseRecorder.Parse(body, []);

        Assert.Equal("message_start", events[0].Type);
        Assert.Equal("message_stop", events[^1].Type);
        Assert.Equal("{\"type\":\"message_stop\"", events[^1].Data.TrimEnd('}', ' '));
        Assert.Equal(0, events[0].Start);
        Assert.Equal(body.Length, events[^1].End);
        Assert.All(events.Zip(events.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
    }

    [Fact]
    public void Event_WhoseEmptyLineEndsInCrLf_IsDispatchedAtTheCarriageReturn()
    {
        using var parser = new SseParser();
        var recorder = new SseRecorder();

        parser.Push("data: a\n\r"u8, ref recorder);
        var afterCarriageReturn = recorder.Events.Count;
        parser.Push("\n"u8, ref recorder);
        parser.Push("data: b\n\n"u8, ref recorder);

        Assert.Equal(1, afterCarriageReturn);
        Assert.Equal([new("message", "a", "", 0, 9), new("message", "b", "", 10, 19)], recorder.Events);
    }

    [Fact]
    public void Offsets_WithMarkCommentAndCrLf_CoverTheBlocks()
    {
        var stream = "\u00EF\u00BB\u00BF: hi\r\ndata: a\r\n\r\n\r\ndata: b\n\n";

        var events = SseRecorder.Parse(Encoding.Latin1.GetBytes(stream), []);

        Assert.Equal([new("message", "a", "", 3, 19), new("message", "b", "", 22, 31)], events);
    }

    [Theory]
    [InlineData("retry: 3000\n", 3000L)]
    [InlineData("retry:0010\n", 10L)]
    [InlineData("retry: 5\nretry: x\n", 5L)]
    [InlineData("retry: -5\n", null)]
    [InlineData("retry: +5\n", null)]
    [InlineData("retry: 5 \n", null)]
    [InlineData("retry: 1.5\n", null)]
    [InlineData("retry\n", null)]
    [InlineData("retry: 99999999999999999999\n", null)]
    [InlineData("retry: 5", null)]
    public void Retry_OfDigitsOnly_SetsTheTime(string stream, long? expected)
    {
        using var parser = new SseParser();
        var recorder = new SseRecorder();

        foreach (var b in Encoding.Latin1.GetBytes(stream))
        {
            parser.Push([b], ref recorder);
        }

        Assert.Equal(expected, parser.RetryMs);
        Assert.Empty(recorder.Events);
    }

    [Theory]
    [InlineData("data: 1234567890123456\n\ndata: b\n\n", "b")]
    [InlineData("data: 1234\ndata: 5678\ndata: 9\n\ndata: b\n\n", "b")]
    [InlineData("event: 12345678901234\ndata: 1\n\ndata: b\n\n", "b")]
    [InlineData(": 12345678901234567890\ndata: 1\n\ndata: b\n\n", "b")]
    [InlineData("data: 12345678901234\r\n\r\ndata: b\n\n", "12345678901234,b")]
    [InlineData("data: 123456789012345\r\n\r\ndata: b\n\n", "b")]
    public void Event_AboveTheLimit_IsSkippedAndTheNextOneReported(string stream, string expected)
    {
        const int Limit = 20;
        var bytes = Encoding.Latin1.GetBytes(stream);
        var reference = ReferenceSseReader.Read(bytes, Limit);

        Assert.Equal(expected, string.Join(',', reference.Select(e => e.Data)));
        SseRecorder.AssertParses(bytes, reference, Limit);
    }

    [Fact]
    public void Event_WithoutEnd_IsCountedOnceAndNotBuffered()
    {
        using var parser = new SseParser(eventBytesMax: 1024);
        var recorder = new SseRecorder();
        var piece = new byte[64 * 1024];
        piece.AsSpan().Fill((byte)'x');
        parser.Push("data: "u8, ref recorder);
        parser.Push(piece, ref recorder);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 256; i++)
        {
            parser.Push(piece, ref recorder);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1, parser.SkippedEvents);
        parser.Push("\n\ndata: ok\n\n"u8, ref recorder);
        Assert.Equal("ok", Assert.Single(recorder.Events).Data);
        Assert.Equal(1, parser.SkippedEvents);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Limit_OutOfRange_IsRefused(int limit) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SseParser(limit));

    [Fact]
    public void LongLine_ByteByByte_TakesLinearTime()
    {
        // Searching the line from its start at each push would take hours.
        using var parser = new SseParser();
        var recorder = new SseRecorder();
        parser.Push("data: "u8, ref recorder);
        for (var i = 0; i < 4 * 1024 * 1024; i++)
        {
            parser.Push("x"u8, ref recorder);
        }

        parser.Push("\n\n"u8, ref recorder);

        Assert.Equal(4 * 1024 * 1024, Assert.Single(recorder.Events).Data.Length);
    }

    [Fact]
    public void Reset_InTheMiddle_StartsANewStream()
    {
        using var parser = new SseParser(eventBytesMax: 32);
        var recorder = new SseRecorder();
        parser.Push("id: 9\nretry: 1\nevent: x\ndata: 1234567890123456\r"u8, ref recorder);

        parser.Reset();
        var afterReset = (parser.Position, parser.SkippedEvents, parser.RetryMs);
        parser.Push([0xEF, 0xBB, 0xBF, .. "data: a\n\n"u8], ref recorder);

        Assert.Equal((0L, 0L, null), afterReset);
        Assert.Equal([new("message", "a", "", 3, 12)], recorder.Events);
    }

    [Fact]
    public void SingleLineEvents_WithinOnePush_AllocateNothing()
    {
        var body = ReferenceMessageReader.ReadResponse(FixtureFiles.ReadResponse("anthropic-stream")).Body;
        using var parser = new SseParser();
        var counter = new Counter();
        parser.Push(body, ref counter);

        var before = GC.GetAllocatedBytesForCurrentThread();
        parser.Push(body, ref counter);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2 * ReferenceSseReader.Read(body).Count, counter.Count);
    }

    [Fact]
    public void RandomStreams_CutAtRandom_AgreeWithTheReference()
    {
        var cases =
            from parts in Gen.Elements(Tokens).ArrayOf()
            from cuts in Gen.Choose(0, 1000).ArrayOf()
            from limit in Gen.Elements(24, 64, SseParser.DefaultEventBytesMax)
            select (Stream: string.Concat(parts), Cuts: cuts, Limit: limit);

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(60),
            Prop.ForAll(cases.ToArbitrary(), c =>
            {
                var bytes = Encoding.Latin1.GetBytes(c.Stream);
                var cuts = c.Cuts.Select(cut => cut % (bytes.Length + 1)).Order();
                return SseRecorder.Parse(bytes, cuts, c.Limit)
                    .SequenceEqual(ReferenceSseReader.Read(bytes, c.Limit));
            }));
    }

    [Fact]
    public void SerialisedEvents_ParsedAgain_RoundTrip()
    {
        var lines = Gen.Elements("", "a", " lead", "x:y", "\u00C5\u009B", ":", "data: no").NonEmptyListOf();
        var events = Gen.Zip(Gen.Elements("message", "ping", "delta"), lines).ListOf();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(events.ToArbitrary(), list =>
        {
            var stream = string.Concat(list.Select(e =>
                $"event: {e.Item1}\n{string.Concat(e.Item2.Select(line => $"data: {line}\n"))}\n"));
            var parsed = SseRecorder.Parse(Encoding.Latin1.GetBytes(stream), []);
            return parsed.Select(e => (e.Type, e.Data))
                .SequenceEqual(list.Select(e => (e.Item1, string.Join('\n', e.Item2))));
        }));
    }

    private struct Counter : ISseHandler
    {
        public int Count { get; private set; }

        public void OnEvent(in SseEvent e) => Count++;
    }
}
