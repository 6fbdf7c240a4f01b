using System.Globalization;
using System.Text;

namespace Sluice.Perf.Upstream;

/// <summary>
/// The bytes of the answers, as Anthropic's Messages API writes them, made once and sent many times. One of these
/// belongs to one loop.
/// </summary>
internal sealed class ReplyBytes
{
    /// <summary>Distinct sizes kept; a run uses a handful, so beyond this they are made anew.</summary>
    private const int SizesMax = 64;

    private const string EventStart =
        "event: content_block_delta\ndata: " +
        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"";

    private const string EventEnd = "\"}}\n\n";

    private const string JsonStart =
        "{\"id\":\"msg_sim\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-sim\"," +
        "\"content\":[{\"type\":\"text\",\"text\":\"";

    private const string JsonEnd =
        "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null," +
        "\"usage\":{\"input_tokens\":25,\"output_tokens\":150}}";

    private readonly Dictionary<int, byte[]> _answers = [];
    private readonly Dictionary<int, byte[]> _events = [];
    private readonly Dictionary<int, byte[]> _endings = [];

    /// <summary>Events in a stream that carry no content: three before it and three after it.</summary>
    public const int EventsWithoutContent = 6;

    /// <summary>The head of a stream and the events before its content.</summary>
    public static ReadOnlyMemory<byte> Opening { get; } = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n" +
        "request-id: req_sim\r\ntransfer-encoding: chunked\r\n\r\n" +
        Chunk(
            "event: message_start\ndata: {\"type\":\"message_start\"," +
            "\"message\":{\"id\":\"msg_sim\",\"type\":\"message\"," +
            "\"role\":\"assistant\",\"model\":\"claude-sim\",\"content\":[]," +
            "\"stop_reason\":null,\"stop_sequence\":null," +
            "\"usage\":{\"input_tokens\":25,\"output_tokens\":1}}}\n\n") +
        Chunk(
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0," +
            "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n") +
        Chunk("event: ping\ndata: {\"type\": \"ping\"}\n\n"));

    public static ReadOnlyMemory<byte> Continue { get; } = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    public static ReadOnlyMemory<byte> BadRequest { get; } =
        "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"u8.ToArray();

    /// <summary>The smallest content event and the smallest JSON answer; smaller sizes are raised to them.</summary>
    public static (int Event, int Body) SizesMin { get; } =
        (EventStart.Length + EventEnd.Length + 1, JsonStart.Length + JsonEnd.Length + 1);

    /// <summary>A JSON answer with its head.</summary>
    public ReadOnlyMemory<byte> Answer(int bodyBytes) => Get(_answers, bodyBytes, static size =>
    {
        var body = Padded(JsonStart, JsonEnd, size);
        return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_sim\r\n" +
            string.Create(CultureInfo.InvariantCulture, $"content-length: {body.Length}\r\n\r\n{body}");
    });

    /// <summary>One content event as one chunk.</summary>
    public ReadOnlyMemory<byte> Event(int eventBytes) =>
        Get(_events, eventBytes, static size => Chunk(Padded(EventStart, EventEnd, size)));

    /// <summary>The events after the content, and the last chunk.</summary>
    public ReadOnlyMemory<byte> Ending(int tokens) => Get(_endings, tokens, static count =>
        Chunk("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n") +
        Chunk(
            "event: message_delta\ndata: {\"type\":\"message_delta\"," +
            "\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null}," +
            string.Create(CultureInfo.InvariantCulture, $"\"usage\":{{\"output_tokens\":{count}}}}}\n\n")) +
        Chunk("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n") +
        "0\r\n\r\n");

    private static byte[] Get(Dictionary<int, byte[]> known, int size, Func<int, string> make)
    {
        if (!known.TryGetValue(size, out var bytes))
        {
            if (known.Count == SizesMax)
            {
                known.Clear();
            }

            known[size] = bytes = Encoding.ASCII.GetBytes(make(size));
        }

        return bytes;
    }

    private static string Padded(string start, string end, int size)
    {
        const string words = "It was a bright cold day in April, and the clocks were striking thirteen. ";
        var text = new StringBuilder(size).Append(start);
        var textEnd = Math.Max(size - end.Length, start.Length + 1);
        while (text.Length < textEnd)
        {
            text.Append(words, 0, Math.Min(words.Length, textEnd - text.Length));
        }

        return text.Append(end).ToString();
    }

    private static string Chunk(string payload) =>
        string.Create(CultureInfo.InvariantCulture, $"{payload.Length:x}\r\n{payload}\r\n");
}
