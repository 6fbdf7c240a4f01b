using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Text;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Responses;
using Sluice.Testing;

// The SDK calls its support of the Responses API experimental.
#pragma warning disable OPENAI001

namespace Sluice.FunctionalTests;

/// <summary>OpenAI's own SDK does not notice that there is a gateway.</summary>
public sealed class OpenAISdkTests
{
    private const string Answer = "Hello from the mock upstream. Zażółć gęślą jaźń, 你好世界, 🌍 done. ";
    private static readonly ApiKeyCredential Key = new("sk-test");
    private static readonly ChatMessage[] Hello = [new UserChatMessage("Zażółć 🌍")];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chat_Completed_IsTheProvidersOwn()
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(FixtureFiles.ReadResponse("openai-chat"), seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);

        var completion = (await CreateChat(gateway).CompleteChatAsync(Hello).OrHang()).Value;

        Assert.Equal(Answer + "[#15]", completion.Content.Single().Text);
        Assert.Equal(19, completion.Usage.InputTokenCount);
        Assert.Equal(10, completion.Usage.OutputTokenCount);
        var request = Assert.Single(seen);
        Assert.Equal("POST /chat/completions HTTP/1.1", request.StartLine);
        Assert.Equal("Bearer sk-test", request.Header("authorization"));
    }

    [Theory]
    [InlineData("openai-chat-stream-usage", 17, 10)]
    [InlineData("openai-chat-stream", 16, null)]
    public async Task Chat_Streamed_ArrivesWhole(string fixture, int number, int? outputTokens)
    {
        await using var upstream = ScriptedUpstream.Answering(FixtureFiles.ReadResponse(fixture), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);

        var text = new StringBuilder();
        int? tokens = null;
        ChatFinishReason? reason = null;
        await foreach (var update in CreateChat(gateway).CompleteChatStreamingAsync(Hello, cancellationToken: Hang.Token))
        {
            foreach (var part in update.ContentUpdate)
            {
                text.Append(part.Text);
            }

            tokens ??= update.Usage?.OutputTokenCount;
            reason ??= update.FinishReason;
        }

        Assert.Equal($"{Answer}[#{number}]", text.ToString());
        Assert.Equal(outputTokens, tokens);
        Assert.Equal(ChatFinishReason.Stop, reason);
    }

    [Fact]
    public async Task Response_Created_IsTheProvidersOwn()
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(FixtureFiles.ReadResponse("openai-responses"), seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);

        ResponseResult response = await CreateResponses(gateway)
            .CreateResponseAsync("gpt-5", "Hello", cancellationToken: Ended).OrHang();

        Assert.Equal(Answer + "[#19]", response.GetOutputText());
        Assert.Equal(36, response.Usage.InputTokenCount);
        Assert.Equal(11, response.Usage.OutputTokenCount);
        Assert.Equal("POST /responses HTTP/1.1", Assert.Single(seen).StartLine);
    }

    [Fact]
    public async Task Response_Streamed_ArrivesWhole()
    {
        await using var upstream = ScriptedUpstream.Answering(FixtureFiles.ReadResponse("openai-responses-stream"), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);

        var text = new StringBuilder();
        ResponseResult? whole = null;
        await using var stream = await CreateResponses(gateway)
            .CreateResponseStreamingAsync("gpt-5", "Hello", cancellationToken: Hang.Token).OrHang();
        await foreach (var update in stream)
        {
            if (update is StreamingResponseOutputTextDeltaUpdate delta)
            {
                text.Append(delta.Delta);
            }
            else if (update is StreamingResponseCompletedUpdate completed)
            {
                whole = completed.Response;
            }
        }

        Assert.Equal(Answer + "[#20]", text.ToString());
        Assert.Equal(text.ToString(), whole?.GetOutputText());
    }

    [Fact]
    public async Task Embeddings_InBase64_AreDecoded()
    {
        var seen = new ConcurrentQueue<RawMessage>();
        await using var upstream = ScriptedUpstream.Answering(
            FixtureFiles.ReadResponse("openai-embeddings-base64"), seen);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        var client = new EmbeddingClient("text-embedding-3-small", Key, CreateOptions(gateway.BaseUrl("openai")));

        OpenAIEmbeddingCollection embeddings = await client
            .GenerateEmbeddingsAsync(["one", "two"], cancellationToken: Ended).OrHang();

        Assert.Equal(2, embeddings.Count);
        Assert.Equal(
            [-0.40625f, -0.46875f, 0.28125f, 0.21875f, 0.25f, 0.03125f, 0.03125f, 0.0625f],
            embeddings[0].ToFloats().ToArray());
        Assert.Equal("POST /embeddings HTTP/1.1", Assert.Single(seen).StartLine);
    }

    [Fact]
    public async Task Error_OfTheProvider_ReachesTheSdkUnchanged()
    {
        await using var upstream = ScriptedUpstream.Answering(FixtureFiles.ReadResponse("openai-429"), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);

        var error = await Assert.ThrowsAsync<ClientResultException>(
            () => CreateChat(gateway).CompleteChatAsync(Hello)).OrHang();

        Assert.Equal(429, error.Status);
        Assert.Contains("Rate limit exceeded", error.Message, StringComparison.Ordinal);
        Assert.True(error.GetRawResponse()!.Headers.TryGetValue("retry-after", out var retryAfter));
        Assert.Equal("2", retryAfter);
    }

    [Theory]
    [InlineData("/v1/acct/gw/nobody", 2008)]
    [InlineData("/v1/acct/other/openai", 2001)]
    [InlineData("/nowhere", 4040)]
    public async Task Error_OfTheGateway_ReachesTheSdkAsNotFound(string path, int code)
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        var client = new ChatClient("gpt-5", Key, CreateOptions($"http://127.0.0.1:{gateway.Port}{path}"));

        var error = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync(Hello)).OrHang();

        Assert.Equal(404, error.Status);
        Assert.Contains($"\"code\":{code}", error.GetRawResponse()!.Content.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task Stream_CutByUpstream_FailsInsteadOfEnding()
    {
        // Between two events, where nothing but the missing last chunk tells that there was more to come.
        var whole = FixtureFiles.ReadResponse("openai-chat-stream");
        var cut = whole.AsSpan().IndexOf("e\r\ndata: [DONE]"u8);
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(whole.AsMemory(0, cut));
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);

        ChatFinishReason? reason = null;
        var error = await Record.ExceptionAsync(async () =>
        {
            await foreach (var update in CreateChat(gateway).CompleteChatStreamingAsync(Hello, cancellationToken: Hang.Token))
            {
                reason ??= update.FinishReason;
            }
        }).OrHang();

        Assert.NotNull(error);
        Assert.Equal(ChatFinishReason.Stop, reason);
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

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => CreateChat(gateway).CompleteChatAsync(Hello, cancellationToken: cancel.Token)).OrHang();
        await closed.Task.OrHang();
    }

    [Fact]
    public async Task Stream_LeftInTheMiddle_ClosesTheUpstreamConnection()
    {
        var whole = FixtureFiles.ReadResponse("openai-responses-stream");
        var closed = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(whole.AsMemory(0, whole.Length / 2));
            await peer.ReadToEndAsync();
            closed.SetResult();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);

        await using (var stream = await CreateResponses(gateway)
            .CreateResponseStreamingAsync("gpt-5", "Hello", cancellationToken: Hang.Token).OrHang())
        {
            await foreach (var update in stream)
            {
                if (update is StreamingResponseOutputTextDeltaUpdate)
                {
                    break;
                }
            }
        }

        await closed.Task.OrHang();
    }

    private static ChatClient CreateChat(GatewayHost gateway) =>
        new("gpt-5", Key, CreateOptions(gateway.BaseUrl("openai")));

    private static ResponsesClient CreateResponses(GatewayHost gateway) => new(
        Key,
        new ResponsesClientOptions
        {
            Endpoint = new Uri(gateway.BaseUrl("openai")),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        });

    private static OpenAIClientOptions CreateOptions(string baseUrl) => new()
    {
        Endpoint = new Uri(baseUrl),
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
    };
}
