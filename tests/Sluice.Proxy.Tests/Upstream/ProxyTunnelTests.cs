using System.Buffers;
using System.Text;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class ProxyTunnelTests : IAsyncDisposable
{
    private static readonly Uri Proxy = new("http://proxy.test:3128");

    private readonly ScriptedConnection _connection = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Open_Request_IsConnectWithHost()
    {
        await OpenAsync(Proxy, "HTTP/1.1 200 OK\r\n\r\n");

        Assert.Equal(
            "CONNECT [2001:db8::1]:8443 HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n\r\n", await SentAsync());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("user:pass", "user:pass")]
    [InlineData("user", "user:")]
    [InlineData("us%40er:p%3A%2F%C3%A4", "us@er:p:/ä")]
    public async Task Open_UserInfo_BecomesBasicCredentials(string userInfo, string expected)
    {
        await OpenAsync(new Uri($"http://{userInfo}@proxy.test:3128"), "HTTP/1.1 200 OK\r\n\r\n");

        var value = (await SentAsync()).Split("Proxy-Authorization: Basic ")[1].Split("\r\n")[0];
        Assert.Equal(expected, Encoding.UTF8.GetString(Convert.FromBase64String(value)));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 Connection established\r\n\r\n")]
    [InlineData("HTTP/1.0 200\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public async Task Open_Success_LeavesWhatFollowsInThePipe(string head)
    {
        Assert.False((await OpenAsync(Proxy, head + "hello")).IsError);

        Assert.True(_connection.Input.TryRead(out var rest));
        Assert.Equal("hello"u8, rest.Buffer.ToArray());
    }

    [Fact(Timeout = 30_000)]
    public async Task Open_AnswerInSingleBytes_IsUnderstood()
    {
        var open = ProxyTunnel.OpenAsync(_connection, Proxy, new("api.test", 443, isTls: true), Token);
        foreach (var one in "HTTP/1.1 200 OK\r\nVia: x\r\n\r\n"u8.ToArray())
        {
            await _connection.Received.WriteAsync(new[] { one }, Token);
        }

        Assert.False((await open).IsError);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 502 secret words\r\n\r\n", "it answered CONNECT with 502 Bad Gateway")]
    [InlineData("HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n", "it answered CONNECT with 301 Moved Permanently")]
    [InlineData(
        "HTTP/1.1 407 No\r\n\r\n",
        "it answered CONNECT with 407 Proxy Authentication Required; put user name and password into the proxy's URL")]
    [InlineData("HTTP/1.1 101 Switch\r\n\r\n", "it answered CONNECT with 101 Switching Protocols")]
    [InlineData(
        "SSH-2.0-OpenSSH\r\n", "its answer to CONNECT is not HTTP: the status line is not 'HTTP/1.1 CODE reason'")]
    [InlineData("HTTP/1.1 200 OK\r\n", "it closed the connection before it answered CONNECT")]
    [InlineData("", "it closed the connection before it answered CONNECT")]
    public async Task Open_AnythingElse_IsTheProxysFault(string answer, string detail)
    {
        var error = await OpenAsync(Proxy, answer);

        Assert.Equal(new(RejectionReason.UpstreamProxyFailed, $"proxy proxy.test:3128: {detail}"), error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Open_407DespiteCredentials_DoesNotRepeatThem()
    {
        var error = await OpenAsync(new Uri("http://canary:swordfish@proxy.test:3128"), "HTTP/1.1 407 No\r\n\r\n");

        Assert.EndsWith("it does not accept the user name and password of its URL", error.Detail);
        Assert.DoesNotContain("canary", error.Detail);
        Assert.DoesNotContain("swordfish", error.Detail);
    }

    [Fact(Timeout = 30_000)]
    public async Task Open_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var open = ProxyTunnel.OpenAsync(_connection, Proxy, new("api.test", 443, isTls: true), cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await open);
    }

    private async Task<UpstreamError> OpenAsync(Uri proxy, string answer)
    {
        await _connection.Received.WriteAsync(Encoding.ASCII.GetBytes(answer), Token);
        await _connection.Received.CompleteAsync();
        return await ProxyTunnel.OpenAsync(_connection, proxy, new("2001:db8::1", 8443, isTls: true), Token);
    }

    private async Task<string> SentAsync()
    {
        var sent = await _connection.Sent.ReadAsync(Token);
        return Encoding.ASCII.GetString(sent.Buffer.ToArray());
    }
}
