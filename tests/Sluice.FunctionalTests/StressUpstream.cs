using System.Globalization;
using System.Text;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>
/// An upstream that does what the last part of a path says. Whatever it answers with bears the request's id and the
/// length of its body, in each part.
/// </summary>
internal sealed class StressUpstream : IAsyncDisposable
{
    private readonly ScriptedUpstream _upstream;
    private int _seed;
    private int _open;

    public StressUpstream(int seed)
    {
        _seed = seed;
        _upstream = new ScriptedUpstream(ServeAsync);
    }

    /// <summary>What it can be asked for; the first ones are good.</summary>
    public static IReadOnlyList<string> Good { get; } =
        ["length", "chunked", "events", "close", "interim", "stale", "surplus", "empty"];

    /// <summary>What breaks off or was never right.</summary>
    public static IReadOnlyList<string> Bad { get; } =
        ["reset", "gone", "reset-head", "reset-body", "cut-length", "cut-chunked", "bad-head", "bad-chunk", "early"];

    /// <summary>Its base URL.</summary>
    public Uri Url => _upstream.Url;

    /// <summary>Connections that are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Connections so far.</summary>
    public int Connections => _upstream.Connections;

    /// <summary>The content of a good answer.</summary>
    public static string Content(string id, long bodyLength, int parts)
    {
        var content = new StringBuilder();
        for (var i = 0; i < parts; i++)
        {
            content.Append(Part(id, bodyLength));
        }

        return content.ToString();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    private static string Part(string id, long bodyLength) =>
        string.Create(CultureInfo.InvariantCulture, $"data: {id}/{bodyLength}\n\n");

    private async Task ServeAsync(RawPeer peer)
    {
        var random = new Random(Interlocked.Increment(ref _seed));
        Interlocked.Increment(ref _open);
        try
        {
            while (await peer.TryReadMessageAsync() is { IsWhole: true } request)
            {
                // .../v1/{id}/{what}
                var target = request.StartLine.Split(' ')[1].Split('/');
                if (!await AnswerAsync(peer, random, target[^1], target[^2], request.Body.Length))
                {
                    return;
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    // Whether the connection goes on.
    private static async Task<bool> AnswerAsync(RawPeer peer, Random random, string what, string id, long bodyLength)
    {
        var parts = random.Next(1, 30);
        var content = Content(id, bodyLength, parts);
        var part = Part(id, bodyLength);
        var withLength = $"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\n\r\n";
        const string Chunked =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
        switch (what)
        {
            case "length":
                await peer.SendAsync(withLength + content);
                return true;
            case "chunked":
                await peer.SendAsync(Chunked + Requests.Chunks(content, random.Next(1, 50)));
                return true;
            case "events":
                await peer.SendAsync(Chunked);
                for (var i = 0; i < parts; i++)
                {
                    await peer.SendAsync($"{part.Length:x}\r\n{part}\r\n");
                    await Task.Yield();
                }

                await peer.SendAsync("0\r\n\r\n");
                return true;
            case "close":
                await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + content);
                return false;
            case "interim":
                await peer.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
                await peer.SendAsync(withLength + content);
                return true;
            case "stale":
                await peer.SendAsync(withLength + content);
                return false;
            case "surplus":
                await peer.SendAsync(withLength + content + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nwrong!");
                return true;
            case "empty":
                await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
                return true;
            default:
                return await MisbehaveAsync(peer, what, content, part, withLength, Chunked);
        }
    }

    private static async Task<bool> MisbehaveAsync(
        RawPeer peer, string what, string content, string part, string withLength, string chunked)
    {
        await peer.SendAsync(what switch
        {
            "reset-head" => withLength[..20],
            "reset-body" => withLength + content[..^1],
            "cut-length" => withLength + content[..^1],
            "cut-chunked" => $"{chunked}{part.Length:x}\r\n{part}\r\n",
            "bad-head" => "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "bad-chunk" => $"{chunked}{part.Length:x}\r\n{part}\r\nxyz\r\n",
            "early" => "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            _ => "",
        });
        if (what.StartsWith("reset", StringComparison.Ordinal))
        {
            peer.Reset();
        }

        return false;
    }
}
