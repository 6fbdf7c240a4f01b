using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>Anthropic's own SDK does not notice that there is a gateway.</summary>
public sealed class AnthropicSdkTests
{
    private static readonly MessageCreateParams Hello = new()
    {
        Model = "claude-opus-4-8",
        MaxTokens = 100,
        Messages = [new UserMessageParam("Zażółć 🌍")],
    };

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("anthropic-messages", 1)]
    [InlineData("anthropic-messages-gzip", 5)]
    public async Task Message_Created_IsTheProvidersOwn(string fixture, int number)
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(FixtureFiles.ReadResponse(fixture), seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        using var client = CreateClient(gateway);

        var message = await client.Messages.Create(Hello, Ended).OrHang();

        Assert.True(message.Content.Single().TryPickText(out var text));
        Assert.Equal($"Hello from the mock upstream. Zażółć gęślą jaźń, 你好世界, 🌍 done. [#{number}]", text.Text);
        Assert.Equal(21, message.Usage.InputTokens);
        Assert.Equal(17, message.Usage.OutputTokens);
        var request = Assert.Single(seen);
        Assert.Equal("POST /v1/messages HTTP/1.1", request.StartLine);
        Assert.Equal("Bearer sk-ant-test", request.Header("authorization"));
        Assert.Contains("\"claude-opus-4-8\"", request.BodyText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anthropic-stream", 2)]
    [InlineData("anthropic-stream-gzip", 4)]
    [InlineData("anthropic-stream-br", 6)]
    [InlineData("anthropic-stream-one-byte-chunks", 7)]
    [InlineData("anthropic-stream-close-framed", 11)]
    public async Task Message_Streamed_ArrivesWhole(string fixture, int number)
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(FixtureFiles.ReadResponse(fixture));
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        using var client = CreateClient(gateway);

        var text = new StringBuilder();
        long outputTokens = 0;
        var hasStopped = false;
        await foreach (var part in client.Messages.CreateStreaming(Hello, Hang.Token))
        {
            if (part.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece))
            {
                text.Append(piece.Text);
            }
            else if (part.TryPickDelta(out var change))
            {
                outputTokens = change.Usage.OutputTokens;
            }

            hasStopped |= part.TryPickStop(out _);
        }

        Assert.Equal($"Hello from the mock upstream. Zażółć gęślą jaźń, 你好世界, 🌍 done. [#{number}]", text.ToString());
        Assert.Equal(17, outputTokens);
        Assert.True(hasStopped);
    }

    [Fact]
    public async Task Tokens_Counted_AreTheProvidersOwn()
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(
            FixtureFiles.ReadResponse("anthropic-count-tokens"), seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        using var client = CreateClient(gateway);

        var question = new MessageCountTokensParams
        {
            Model = "claude-opus-4-8",
            Messages = [new UserMessageParam("Hello")],
        };
        var count = await client.Messages.CountTokens(question, Ended).OrHang();

        Assert.Contains($"{count.InputTokens}", FixtureText("anthropic-count-tokens"), StringComparison.Ordinal);
        Assert.Equal("POST /v1/messages/count_tokens HTTP/1.1", Assert.Single(seen).StartLine);
    }

    [Fact]
    public async Task Stream_CutByUpstream_FailsInsteadOfEnding()
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(FixtureFiles.ReadResponse("anthropic-stream-truncated-reset"));
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        using var client = CreateClient(gateway);

        var hasStopped = false;
        var error = await Record.ExceptionAsync(async () =>
        {
            await foreach (var part in client.Messages.CreateStreaming(Hello, Hang.Token))
            {
                hasStopped |= part.TryPickStop(out _);
            }
        }).OrHang();

        Assert.NotNull(error);
        Assert.False(hasStopped);
    }

    [Theory]
    [InlineData("anthropic-429", 429, "Rate limit exceeded", "7")]
    [InlineData("anthropic-529", 529, "Overloaded", null)]
    public async Task Error_OfTheProvider_ReachesTheSdkUnchanged(
        string fixture, int status, string message, string? retryAfter)
    {
        await using var upstream = ScriptedUpstream.Answering(FixtureFiles.ReadResponse(fixture), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        using var seen = new HeaderRecorder();
        using var client = CreateClient(gateway, seen);

        var error = await Assert.ThrowsAnyAsync<AnthropicApiException>(
            () => client.Messages.Create(Hello, Ended)).OrHang();

        Assert.Equal(status, (int)error.StatusCode);
        Assert.Contains(message, error.ResponseBody, StringComparison.Ordinal);
        Assert.Equal(retryAfter, seen.RetryAfter);
    }

    [Fact]
    public async Task RateLimit_WithRetryAfter_IsRetriedOnceTheTimeIsOver()
    {
        var next = 0;
        byte[][] answers =
        [
            "HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\ncontent-length: 2\r\n\r\n{}"u8.ToArray(),
            FixtureFiles.ReadResponse("anthropic-messages"),
        ];
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(answers[next++]));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        using var client = CreateClient(gateway, retries: 1);

        Assert.Equal("msg_mock_000001", (await client.Messages.Create(Hello, Ended).OrHang()).ID);
        Assert.Equal(2, next);
    }

    [Theory]
    [InlineData("/v1/acct/gw/nobody", 2008)]
    [InlineData("/v1/acct/other/anthropic", 2001)]
    [InlineData("/nowhere", 4040)]
    public async Task Error_OfTheGateway_ReachesTheSdkAsNotFound(string path, int code)
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        using var client = new AnthropicClient
        {
            BaseUrl = $"http://127.0.0.1:{gateway.Port}{path}",
            ApiKey = "sk-ant-test",
            MaxRetries = 0,
        };

        var error = await Assert.ThrowsAsync<AnthropicNotFoundException>(
            () => client.Messages.Create(Hello, Ended)).OrHang();

        Assert.Equal(HttpStatusCode.NotFound, error.StatusCode);
        Assert.Contains($"\"code\":{code}", error.ResponseBody, StringComparison.Ordinal);
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task Request_CancelledBeforeTheAnswer_ClosesTheUpstreamConnection()
    {
        using var cancel = new CancellationTokenSource();
        var closed = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await cancel.CancelAsync();
            await peer.ReadToEndAsync();
            closed.SetResult();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        using var client = CreateClient(gateway);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.Messages.Create(Hello, cancel.Token)).OrHang();
        await closed.Task.OrHang();
    }

    [Fact]
    public async Task Stream_LeftInTheMiddle_ClosesTheUpstreamConnection()
    {
        var closed = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(FixtureFiles.ReadResponse("anthropic-stream-truncated-reset"));
            await peer.ReadToEndAsync();
            closed.SetResult();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        using var client = CreateClient(gateway);

        await foreach (var part in client.Messages.CreateStreaming(Hello, Hang.Token))
        {
            if (part.TryPickContentBlockDelta(out _))
            {
                break;
            }
        }

        await closed.Task.OrHang();
    }

    private static string FixtureText(string name) => Encoding.UTF8.GetString(FixtureFiles.ReadResponse(name));

    private static AnthropicClient CreateClient(
        GatewayHost gateway, HeaderRecorder? seen = null, int retries = 0) => new()
        {
            BaseUrl = gateway.BaseUrl("anthropic"),
            ApiKey = "sk-ant-test",
            MaxRetries = retries,
            HttpClient = new HttpClient(
            seen ?? (HttpMessageHandler)new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All }),
        };

    /// <summary>Notes a header that the SDK keeps to itself.</summary>
    private sealed class HeaderRecorder() : DelegatingHandler(new SocketsHttpHandler())
    {
        public string? RetryAfter { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            RetryAfter = response.Headers.RetryAfter?.ToString();
            return response;
        }
    }
}
