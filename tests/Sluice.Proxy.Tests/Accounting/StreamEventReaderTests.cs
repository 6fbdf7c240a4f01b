using System.Text;
using Sluice.Http;
using Sluice.Proxy.Accounting;

namespace Sluice.Proxy.Tests.Accounting;

public sealed class StreamEventReaderTests
{
    [Theory]
    // Anthropic; the last ones without an event field.
    [InlineData("content_block_delta", """{"type":"content_block_delta","delta":{"type":"text_delta","text":" "}}""")]
    [InlineData("content_block_delta",
        """{"delta":{"type":"thinking_delta","thinking":"a"},"type":"content_block_delta"}""")]
    [InlineData(null, """{"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"{"}}""")]
    [InlineData(null, """  {"index":{"a":[1]},"type":"content_block_delta","delta":{"text":"a"}}""")]
    // OpenAI chat and completions, and dialects of them.
    [InlineData(null, """{"choices":[{"delta":{"content":"a"}}]}""")]
    [InlineData(null, """{"choices":[{"delta":{"content":""}},{"delta":{"refusal":"a"}}]}""")]
    [InlineData(null, """{"choices":[{"delta":{"reasoning_content":"a","content":null}}]}""")]
    [InlineData(null, """{"choices":[{"delta":{"reasoning":"a","content":""}}]}""")]
    [InlineData(null, """{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{"}}]}}]}""")]
    [InlineData(null, """{"choices":[{"delta":{"tool_calls":[{"custom":{"input":"a"}}]}}]}""")]
    [InlineData(null, """{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"text":"a"}]}]}}]}""")]
    [InlineData(null, """{"object":"text_completion","choices":[{"text":"a"}]}""")]
    [InlineData("message", """{"\u0063hoices":[{"delta":{"content":"a"}}]}""")]
    // Responses.
    [InlineData("response.output_text.delta", """{"type":"response.output_text.delta","delta":"a"}""")]
    [InlineData(null, """{"delta":"a","type":"response.reasoning_summary_text.delta"}""")]
    [InlineData(null, """{"type":"response.custom_tool_call_input.delta","delta":"a"}""")]
    // Gemini.
    [InlineData(null, """{"candidates":[{"content":{"parts":[{"text":"a","thought":true}]}}]}""")]
    [InlineData(null, """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}}}]}}]}""")]
    // Cohere.
    [InlineData(null, """{"type":"content-delta","delta":{"message":{"content":{"text":"a"}}}}""")]
    [InlineData(null, """{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"a"}}}""")]
    [InlineData("tool-call-delta", """{"delta":{"message":{"tool_calls":{"function":{"arguments":"{"}}}}}""")]
    // Workers AI.
    [InlineData(null, """{"response":"a","p":"abc"}""")]
    public void OnEvent_Content_IsFound(string? type, string data)
    {
        var events = Read(Event(type, data));

        Assert.Equal(Event(type, data).Length, events.FirstContentOffset);
        Assert.NotEqual(StreamEnd.Reached, events.End);
        Assert.False(events.HasError);
    }

    [Theory]
    [InlineData("ping", """{"type":"ping"}""")]
    [InlineData("message_start", """{"type":"message_start","message":{"content":[],"role":"assistant"}}""")]
    [InlineData("content_block_start", """{"type":"content_block_start","content_block":{"type":"text","text":"a"}}""")]
    [InlineData("content_block_delta", """{"delta":{"type":"input_json_delta","partial_json":""}}""")]
    [InlineData("content_block_delta", """{"delta":{"type":"signature_delta","signature":"a"}}""")]
    [InlineData("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","text":"a"}}""")]
    [InlineData(null, """{"choices":[{"delta":{"role":"assistant","content":null}}]}""")]
    [InlineData(null, """{"choices":[{"delta":{"role":"assistant","content":""}}],"prompt":{"text":"a"}}""")]
    [InlineData(null, """{"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":""}}]}}]}""")]
    [InlineData(null, """{"choices":[],"prompt_filter_results":[{"content":"a"}]}""")]
    [InlineData("response.created", """{"response":{"instructions":"a","text":"a"}}""")]
    [InlineData("response.output_text.delta", """{"item_id":"a","delta":""}""")]
    [InlineData("response.output_text.done", """{"delta":"a","text":"a"}""")]
    [InlineData(null, """{"response":{"text":"a"}}""")]
    [InlineData(null, """{"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"a"}],"role":"model"}}]}""")]
    [InlineData("tool-call-start", """{"delta":{"message":{"tool_calls":{"function":{"arguments":"a"}}}}}""")]
    [InlineData(null, """{"type":{"text":"a"}}""")]
    [InlineData(null, """["choices",{"content":"a"}]""")]
    [InlineData(null, "choices")]
    [InlineData(null, "")]
    public void OnEvent_NoContent_IsNotTakenForContent(string? type, string data)
    {
        var events = Read(Event(type, data));

        Assert.Null(events.FirstContentOffset);
        Assert.NotEqual(StreamEnd.Reached, events.End);
        Assert.False(events.HasError);
    }

    [Theory]
    [InlineData("message_stop", "{}", false)]
    [InlineData(null, """{"type":"message_stop"}""", false)]
    [InlineData(null, "[DONE]", false)]
    [InlineData("done", " [DONE] ", false)]
    [InlineData("response.completed", "{}", false)]
    [InlineData(null, """{"type":"response.incomplete"}""", false)]
    [InlineData("response.failed", "{}", true)]
    [InlineData(null, """{"candidates":[{"finishReason":"STOP"}]}""", false)]
    [InlineData(null, """{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}""", false)]
    public void OnEvent_ProtocolsEnd_IsReached(string? type, string data, bool hasError)
    {
        var events = Read(Event(type, data));

        Assert.Equal(StreamEnd.Reached, events.End);
        Assert.Equal(hasError, events.HasError);
    }

    [Theory]
    [InlineData("message_delta", """{"delta":{"stop_reason":"end_turn"}}""")]
    [InlineData(null, """{"choices":[{"delta":{},"finish_reason":"stop","finishReason":"stop"}]}""")]
    [InlineData(null, """{"candidates":[{"finishReason":null}]}""")]
    [InlineData("response.output_item.done", "{}")]
    [InlineData("content_block_start", "{}")]
    [InlineData("content_block_stop", "{}")]
    [InlineData("message-start", "{}")]
    [InlineData("content-start", "{}")]
    [InlineData("content-end", "{}")]
    [InlineData("tool-call-start", "{}")]
    [InlineData("tool-call-end", "{}")]
    public void OnEvent_NearTheEnd_IsNotTheEnd(string? type, string data) =>
        Assert.Equal(StreamEnd.Missing, Read(Event(type, data)).End);

    [Theory]
    [InlineData("error", """{"type":"error","error":{"type":"overloaded_error"}}""")]
    [InlineData("error", "overloaded")]
    [InlineData(null, """{"type":"error","message":"a"}""")]
    [InlineData(null, """{"error":{"code":503}}""")]
    [InlineData(null, """{"error":"overloaded"}""")]
    [InlineData(null, """{"choices":[{"delta":{"content":""},"finish_reason":"error"}],"error":{"code":502}}""")]
    public void OnEvent_Error_IsNotedAndIsNoEnd(string? type, string data)
    {
        var events = Read(Event(type, data));

        Assert.True(events.HasError);
        Assert.Equal(StreamEnd.Missing, events.End);
    }

    [Theory]
    [InlineData("""{"choices":[{"delta":{"content":"b"}}]}""", StreamEnd.Missing, false)]
    [InlineData("""{"error":{"code":503}}""", StreamEnd.Missing, true)]
    [InlineData("""{"type":"message_stop"}""", StreamEnd.Reached, false)]
    [InlineData("""{"candidates":[{"finishReason":"STOP"}]}""", StreamEnd.Reached, false)]
    public void OnEvent_AfterContent_EndAndErrorAreStillSeen(string data, object end, bool hasError)
    {
        var content = Event(null, """{"choices":[{"delta":{"content":"a"}}]}""");

        var events = Read(content + Event(null, data));

        Assert.Equal(end, events.End);
        Assert.Equal(hasError, events.HasError);
        Assert.Equal(content.Length, events.FirstContentOffset);
    }

    [Fact]
    public void OnEvent_ErrorNull_IsNone()
    {
        var events = Read(Event(null, """{"error":null,"choices":[]}"""));

        Assert.False(events.HasError);
        Assert.Equal(StreamEnd.Missing, events.End);
    }

    [Theory]
    [InlineData("ping", "{}")]
    [InlineData(null, """{"type":"image_generation.completed","b64_json":"a"}""")]
    [InlineData("thread.run.created", """{"id":"a","object":"thread.run","error":null}""")]
    public void OnEvent_OtherProtocols_AreNotBoundToAnEnd(string? type, string data) =>
        Assert.Equal(StreamEnd.Unknown, Read(Event(type, data)).End);

    [Theory]
    [InlineData("""{"choices":[{"delta":{"content":"a"}}]""")]
    [InlineData("""{"choices":[{"delta":{"con""")]
    [InlineData("""{"choices":[{"delta":{"content":""")]
    [InlineData("""{"choices"}""")]
    [InlineData("""{"choices":[}""")]
    [InlineData("""{"type":"content_block_delta",,}""")]
    [InlineData("""{"error":""")]
    [InlineData("""{"response":""")]
    [InlineData("""{"type":""")]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":\"\\uD800\u0001\"}}]}")]
    public void OnEvent_BrokenJson_IsPassedOver(string data)
    {
        var events = Read(Event(null, data) + Event("message_stop", "{}"));

        Assert.Equal(StreamEnd.Reached, events.End);
    }

    [Fact]
    public void OnEvent_DeepJson_IsPassedOver()
    {
        var deep = $$"""{"choices":{{new string('[', 100_000)}}""";

        Assert.Equal(StreamEnd.Reached, Read(Event(null, deep) + Event("message_stop", "{}")).End);
    }

    [Fact]
    public void OnEvent_MuchBrokenJson_EndsTheReading()
    {
        var start = Event("message_start", "{}");
        var broken = string.Concat(Enumerable.Repeat(Event(null, "{,}"), 64));

        Assert.Equal(StreamEnd.Missing, Read(start + broken[..^Event(null, "{,}").Length]).End);
        Assert.Equal(StreamEnd.Unknown, Read(start + broken).End);
        Assert.Equal(StreamEnd.Unknown, Read(start + broken + Event("message_stop", "{}")).End);
    }

    [Theory]
    [InlineData("keep-alive")]
    [InlineData("""{"choices":[{"delta":""")]
    public void OnEvent_MuchThatIsNoBrokenJson_DoesNotEndTheReading(string data)
    {
        var stream = string.Concat(Enumerable.Repeat(Event(null, data), 100)) + Event("message_stop", "{}");

        Assert.Equal(StreamEnd.Reached, Read(stream).End);
    }

    [Fact]
    public void OnEvent_AfterTheEnd_NothingCounts()
    {
        var events = Read(Event("message_stop", "{}") + Event("error", "{}"));

        Assert.False(events.HasError);
        Assert.Equal(StreamEnd.Reached, events.End);
    }

    private static string Event(string? type, string data) =>
        (type is null ? "" : $"event: {type}\n") + $"data: {data}\n\n";

    private static StreamEventReader Read(string stream)
    {
        using var parser = new SseParser();
        var events = default(StreamEventReader);
        parser.Push(Encoding.UTF8.GetBytes(stream), ref events);
        return events;
    }
}
