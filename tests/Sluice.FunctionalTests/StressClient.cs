using System.Globalization;
using Sluice.Proxy.Relay;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>A client that behaves well and badly at random, and looks at each answer.</summary>
internal sealed class StressClient(GatewayHost gateway, int number, int seed)
{
    private static readonly string[] Malformed =
    [
        "GET /x\r\n\r\n",
        "GET / HTTP/1.1\nHost: g\n\n",
        "\0\0\0\0",
        Requests.ChunkedHead("Content-Length: 1\r\n"),
        Requests.ChunkedHead() + "xyz\r\n",
    ];

    private static readonly string Text = Requests.Text(600_000);

    private readonly Random _random = new(seed);
    private RawPeer? _peer;

    /// <summary>Exchanges that were begun.</summary>
    public int Exchanges { get; private set; }

    /// <summary>Good answers that were whole.</summary>
    public int Whole { get; private set; }

    /// <summary>What it is doing; for the case that it hangs.</summary>
    public string Doing { get; private set; } = "";

    /// <summary>What should not have happened.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Runs a number of exchanges, one after the other, or fewer when the time is over.</summary>
    public async Task RunAsync(int count, Task isOver)
    {
        for (; Exchanges < count && !isOver.IsCompleted; Exchanges++)
        {
            _peer ??= await gateway.ConnectAsync();
            try
            {
                if (!await RunOnceAsync(_peer))
                {
                    await CloseAsync();
                }
            }
            catch (IOException)
            {
                // The gateway has cut the connection, as it must after some of these.
                await CloseAsync();
            }
        }

        await CloseAsync();
        Doing = "";
    }

    // Whether the connection can be used again.
    private async Task<bool> RunOnceAsync(RawPeer peer)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{number}-{Exchanges}");
        var isGood = _random.Next(10) < 7;
        var kinds = isGood ? StressUpstream.Good : StressUpstream.Bad;
        var what = kinds[_random.Next(kinds.Count)];
        var (request, bodyLength) = CreateRequest($"/v1/acct/gw/openai/v1/{id}/{what}");
        var deed = _random.Next(20);
        Doing = string.Create(
            CultureInfo.InvariantCulture, $"deed {deed}, {what} {id} with {bodyLength} bytes: {request[..9]}");
        switch (deed)
        {
            case 0:
                await peer.SendAsync(Malformed[_random.Next(Malformed.Length)]);
                await peer.ReadToEndAsync();
                return false;
            case 1:
                await peer.SendAsync(request[.._random.Next(request.Length)]);
                Leave(peer);
                return false;
            case 2:
                await peer.SendAsync(request);
                await peer.ReadSomeAsync(_random.Next(1, 300));
                Leave(peer);
                return false;
            default:
                await peer.SendAsync(request);
                return await CheckAsync(peer, id, what, isGood, bodyLength);
        }
    }

    private async Task<bool> CheckAsync(RawPeer peer, string id, string what, bool isGood, int bodyLength)
    {
        var answer = await peer.ReadMessageAsync();
        while (answer.Status is >= 100 and < 200)
        {
            answer = await peer.ReadMessageAsync();
        }

        // Each part of an answer, whole or not, bears the request's id.
        var part = StressUpstream.Content(id, bodyLength, 1);
        var text = answer.Status == 200 ? answer.BodyText : "";
        for (var i = 0; i < text.Length; i += part.Length)
        {
            if (!part.StartsWith(text.Substring(i, Math.Min(part.Length, text.Length - i)), StringComparison.Ordinal))
            {
                Faults.Add($"{what} {id}: another exchange's bytes: {text}");
                return false;
            }
        }

        var isWhole = answer.IsWhole && answer.Status is 200 or 204;
        if (isGood)
        {
            Whole += isWhole ? 1 : 0;

            // A request that is too long to be kept cannot be sent again when its connection turns out to be closed.
            var isLost = bodyLength > RequestBodyRelay.ReplayBytesMax && answer.Status == 502;
            if (!isLost && (!isWhole || text.Length % part.Length != 0 || (what != "empty" && text.Length == 0)))
            {
                Faults.Add($"{what} {id} with {bodyLength} bytes: {answer.Head}{text}");
            }
        }
        else if (isWhole)
        {
            Faults.Add($"{what} {id} seems to be whole: {answer.Head}{text}");
        }

        return answer.IsWhole && answer.Header("connection") != "close";
    }

    private (string Request, int BodyLength) CreateRequest(string path)
    {
        var length = _random.Next(8) switch
        {
            0 => 600_000,
            1 => 76_000,
            2 or 3 => _random.Next(5000),
            _ => 0,
        };
        var body = Text[..length];
        var (head, content) = _random.Next(3) switch
        {
            0 => (Requests.ChunkedHead(), Requests.Chunks(body, _random.Next(100, 50_000))),
            1 => (Requests.PostHead(length), body),
            _ when length == 0 => (Requests.Get, ""),
            _ => (Requests.PostHead(length), body),
        };
        return (head.Replace(Requests.Path, path, StringComparison.Ordinal) + content, length);
    }

    private void Leave(RawPeer peer)
    {
        if (_random.Next(2) == 0)
        {
            peer.Reset();
        }
    }

    private async Task CloseAsync()
    {
        if (_peer is { } peer)
        {
            _peer = null;
            await peer.DisposeAsync();
        }
    }
}
