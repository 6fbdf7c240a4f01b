using System.Net;
using System.Net.Sockets;

namespace Sluice.Tests.Server;

/// <summary>An upstream that begins a stream with one event and ends it when it is told to.</summary>
internal sealed class StreamingUpstream : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamingUpstream()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    /// <summary>Lets the stream come to its end.</summary>
    public void Finish() => _finish.TrySetResult();

    public void Dispose()
    {
        Finish();
        _listener.Dispose();
    }

    private async Task ServeAsync()
    {
        using var client = await _listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        var buffer = new byte[65536];
        await stream.ReadAtLeastAsync(buffer, 1);
        await stream.WriteAsync(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
        await stream.WriteAsync("D\r\ndata: first\n\n\r\n"u8.ToArray());
        await _finish.Task;
        await stream.WriteAsync("C\r\ndata: last\n\n\r\n0\r\n\r\n"u8.ToArray());
        await stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false);
    }
}
