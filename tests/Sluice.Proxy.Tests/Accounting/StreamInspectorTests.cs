using System.Text;
using Sluice.Proxy.Accounting;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;
using Sluice.Testing;

namespace Sluice.Proxy.Tests.Accounting;

public sealed class StreamInspectorTests
{
    // The capture's first block.
    private const int FirstBlockBytes = 4096;

    private static readonly Dictionary<string, (string? Content, StreamEnd End, bool HasError)> Expected = new()
    {
        ["anthropic-stream"] = ("\"text\":\"Hello from the\"", StreamEnd.Reached, false),
        ["anthropic-stream-close-framed"] = ("\"text\":\"Hello from the\"", StreamEnd.Reached, false),
        ["anthropic-stream-error-event"] = ("\"text\":\"Hello from the\"", StreamEnd.Missing, true),
        ["anthropic-stream-one-byte-chunks"] = ("\"text\":\"Hello from the\"", StreamEnd.Reached, false),
        ["anthropic-stream-thinking-tool"] = ("\"thinking\":\"Let me thi\"", StreamEnd.Reached, false),
        ["anthropic-stream-truncated-clean-end"] = ("\"text\":\"Hello from the\"", StreamEnd.Missing, false),
        ["anthropic-stream-truncated-reset"] = ("\"text\":\"Hello from the\"", StreamEnd.Missing, false),
        ["gemini-stream-sse"] = ("\"text\":\"Hello from the\"", StreamEnd.Reached, false),
        ["openai-chat-stream"] = ("\"content\":\"Hello from the\"", StreamEnd.Reached, false),
        ["openai-chat-stream-tool"] = ("\"arguments\":\"{\\\"city\"", StreamEnd.Reached, false),
        ["openai-chat-stream-usage"] = ("\"content\":\"Hello from the\"", StreamEnd.Reached, false),
        ["openai-responses-stream"] = ("\"delta\":\"Hello from the\"", StreamEnd.Reached, false),
        ["openai-responses-stream-tool"] = ("\"delta\":\"{\\\"cm\"", StreamEnd.Reached, false),
        ["vertex-stream"] = ("\"text\":\"Hello from the\"", StreamEnd.Reached, false),
    };

    public static TheoryData<string> Responses => [.. FixtureFiles.Responses];

    public static TheoryData<string> Streams => [.. Expected.Keys];

    [Fact]
    public void Fixtures_Expected_AreAllThere() =>
        Assert.Subset(FixtureFiles.Responses.ToHashSet(), Expected.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(Responses))]
    public void Inspect_RecordedResponse_FindsContentEndAndError(string name)
    {
        var body = Captured.ReadFixture(name);
        var (content, end, hasError) = Expected.GetValueOrDefault(name);

        // Every family has endpoints that speak the format of another, so the family must not matter.
        foreach (var api in Enum.GetValues<ApiFamily>())
        {
            var findings = StreamInspector.Inspect(Captured.Of(body, timestamp: 77), api);

            Assert.Equal(end, findings.End);
            Assert.Equal(hasError, findings.HasError);
            Assert.Equal(content, content is null ? null : ContentIn(body, findings.FirstContentOffset, content));
            Assert.Equal(content is not null, findings.FirstContentOffset.HasValue);
            Assert.Equal(content is null ? null : 77, findings.FirstContentTimestamp);
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Inspect_BlocksCutAnywhere_FindsTheSame(string name)
    {
        var body = Captured.ReadFixture(name);
        var whole = StreamInspector.Inspect(Captured.Of(body), ApiFamily.Unknown);

        // A comment before the body moves it over the border of the first block.
        for (var cut = 0; cut < Math.Min(body.Length, FirstBlockBytes - 2); cut++)
        {
            var comment = ":" + new string('x', FirstBlockBytes - 2 - cut) + "\n";
            var capture = Captured.Of([.. Encoding.ASCII.GetBytes(comment), .. body]);
            Assert.Equal(FirstBlockBytes, capture.GetBlock(0).Length);

            var findings = StreamInspector.Inspect(capture, ApiFamily.Unknown);

            Assert.Equal(whole with { FirstContentOffset = whole.FirstContentOffset + comment.Length }, findings);
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Inspect_EveryPrefix_KnowsWhatIsMissing(string name)
    {
        var body = Captured.ReadFixture(name);
        var whole = StreamInspector.Inspect(Captured.Of(body), ApiFamily.Unknown);
        var last = StreamEnd.Unknown;
        for (var length = 0; length <= body.Length; length++)
        {
            var findings = StreamInspector.Inspect(Captured.Of(body.AsSpan(0, length)), ApiFamily.Unknown);

            Assert.Equal(
                length >= whole.FirstContentOffset ? whole.FirstContentOffset : null, findings.FirstContentOffset);
            Assert.True(findings.End >= last, $"{findings.End} after {last} at {length}");
            last = findings.End;
        }

        Assert.Equal(whole.End, last);

        // The end is an event, and an event is whole with its empty line.
        var unended = Captured.Of(body.AsSpan().TrimEnd("\r\n"u8));
        Assert.NotEqual(StreamEnd.Reached, StreamInspector.Inspect(unended, ApiFamily.Unknown).End);
    }

    [Fact]
    public void Inspect_EventOverSeveralReads_TakesTheTimeOfItsLastByte()
    {
        var capture = new CaptureBuffer();
        capture.Start(Captured.AmpleBudget);
        string[] reads =
        [
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\"Hi",
            "\"}}]}\n",
            "\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\" there\"}}]}\n\ndata: [DONE]\n\n",
        ];
        for (var index = 0; index < reads.Length; index++)
        {
            capture.OnBody(Encoding.ASCII.GetBytes(reads[index]));
            capture.Mark((index + 1) * 100);
        }

        var findings = StreamInspector.Inspect(capture, ApiFamily.OpenAI);

        Assert.Equal(400, findings.FirstContentTimestamp);
        Assert.Equal(reads.Take(4).Sum(read => read.Length), findings.FirstContentOffset);
        Assert.Equal(StreamEnd.Reached, findings.End);
    }

    [Fact]
    public void Inspect_NoMarks_KnowsNoTime()
    {
        var capture = new CaptureBuffer();
        capture.Start(Captured.AmpleBudget);
        capture.OnBody("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n"u8);

        var findings = StreamInspector.Inspect(capture, ApiFamily.OpenAI);

        Assert.NotNull(findings.FirstContentOffset);
        Assert.Null(findings.FirstContentTimestamp);
    }

    [Fact]
    public void Inspect_BinaryEventStreamOfBedrock_IsNotLookedInto()
    {
        byte[] body = [0, 0, 0, 64, .. "\n\nevent: message_stop\ndata: {}\n\n"u8];

        Assert.Equal(default, StreamInspector.Inspect(Captured.Of(body), ApiFamily.Bedrock));
        Assert.Equal(StreamEnd.Reached, StreamInspector.Inspect(Captured.Of(body), ApiFamily.Unknown).End);
    }

    [Fact]
    public void Inspect_NothingCaptured_KnowsNothing() =>
        Assert.Equal(default, StreamInspector.Inspect(new CaptureBuffer(), ApiFamily.Anthropic));

    // The text, if it stands in the event that ends at the offset and nowhere before.
    private static string? ContentIn(byte[] body, long? offset, string content)
    {
        var before = Encoding.UTF8.GetString(body.AsSpan(0, (int)offset!)).ReplaceLineEndings("\n");
        var events = before.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        return events[^1].Contains(content, StringComparison.Ordinal)
            && !events[..^1].Any(e => e.Contains(content, StringComparison.Ordinal)) ? content : null;
    }
}
