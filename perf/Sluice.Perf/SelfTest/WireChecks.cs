using System.Text;
using Sluice.Perf.Upstream;
using Sluice.Perf.Wire;

namespace Sluice.Perf.SelfTest;

/// <summary>Checks of the readers: the same result wherever the bytes are cut.</summary>
internal static class WireChecks
{
    private static readonly byte[] Stream = Encoding.ASCII.GetBytes(
        Encoding.ASCII.GetString(ReplyBytes.Opening.Span)
        + Encoding.ASCII.GetString(new ReplyBytes().Event(200).Span)
        + Encoding.ASCII.GetString(new ReplyBytes().Event(200).Span)
        + Encoding.ASCII.GetString(new ReplyBytes().Ending(2).Span));

    public static IEnumerable<Check> All { get; } =
    [
        Check.Of("a stream is read alike wherever it is cut", Streams),
        Check.Of("merged and split chunks are noticed", ChunkBoundaries),
        Check.Of("malformed answers are noticed", Malformed),
        Check.Of("requests are read alike wherever they are cut", Requests),
    ];

    private static string? Streams()
    {
        for (var cut = 0; cut < Stream.Length; cut++)
        {
            var reader = ReadResponse(Stream.AsSpan(0, cut), Stream.AsSpan(cut));
            if (reader is not { State: ResponseState.Complete, Status: 200, ContentEvents: 2 }
                || reader is not { Chunks: 8, ChunksOfOneEvent: 8 }
                || reader.Events != 2 + ReplyBytes.EventsWithoutContent || !reader.IsBetweenEvents)
            {
                return $"cut at {cut}: {Describe(reader)}";
            }
        }

        return null;
    }

    private static string? ChunkBoundaries()
    {
        const string head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        const string merged = "14\r\ndata: 123\n\ndata: 1\n\n\r\n";
        const string split = "6\r\ndata: \r\n5\r\n123\n\n\r\n";
        const string kept = "b\r\ndata: 123\n\n\r\n";
        var reader = ReadResponse(Encoding.ASCII.GetBytes(head + merged + split + kept + "0\r\n\r\n"), []);
        return reader is { State: ResponseState.Complete, Events: 4, Chunks: 4, ChunksOfOneEvent: 1 }
            ? null
            : Describe(reader);
    }

    private static string? Malformed()
    {
        string[] answers =
        [
            "HTTP/2 200\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nz\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n",
            "HTTP/1.1 200 OK\r\nx: " + new string('x', 40_000),
        ];
        return answers.FirstOrDefault(
            a => ReadResponse(Encoding.ASCII.GetBytes(a), []).State != ResponseState.Malformed);
    }

    private static string? Requests()
    {
        string[] requests =
        [
            "GET /a?x-sim-tokens=7 HTTP/1.1\r\nhost: a\r\n\r\n",
            "POST /a HTTP/1.1\r\nX-Sim-Tokens: 7\r\ncontent-length: 5\r\n\r\n12345",
            "POST /a HTTP/1.1\r\nx-sim-tokens: 7\r\ntransfer-encoding: chunked\r\n\r\n" +
            "3;a=b\r\n123\r\n0\r\nt: v\r\n\r\n",
        ];
        foreach (var request in requests)
        {
            var bytes = Encoding.ASCII.GetBytes(request + "GET");
            for (var cut = 0; cut < bytes.Length; cut++)
            {
                var reader = new RequestReader(ReplySettings.Default);
                var used = reader.Read(bytes.AsSpan(0, cut));
                used += reader.Read(bytes.AsSpan(used));
                if (reader.State != RequestState.Complete || reader.Reply.Tokens != 7 || used != request.Length)
                {
                    return $"cut at {cut}: {reader.State} after {used}, {reader.Reply.Tokens} tokens: {request}";
                }
            }
        }

        return null;
    }

    private static string Describe(ResponseReader reader) =>
        $"{reader.State}, {reader.Events} events, {reader.ChunksOfOneEvent} of {reader.Chunks} chunks";

    private static ResponseReader ReadResponse(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var reader = new ResponseReader();
        reader.Reset();
        reader.Read(first);
        reader.Read(second);
        return reader;
    }
}
