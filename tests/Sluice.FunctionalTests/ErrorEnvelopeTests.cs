using System.Globalization;
using Sluice.Proxy.Exchange;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>
/// What the gateway says in its own name. Clients and alerts are built on statuses and codes, so a change of one of
/// these lines is a change of the contract.
/// </summary>
public sealed class ErrorEnvelopeTests
{
    /// <summary>Reason, status, code, party, message, advice.</summary>
    private const string Contract =
        """
        BadRequest | 400 | 4000 | Client | Malformed request | Send an HTTP/1.1 message as RFC 9112 defines it.
        RequestHeadTimeout | 408 | 4080 | Client | The request head did not arrive in time | Send the request again.
        RequestBodyTimeout | 408 | 4081 | Client | The request body did not arrive in time | Send the request again.
        LengthRequired | 411 | 4110 | Client | Length required | Send Content-Length, or use HTTP/1.1.
        RequestBodyTooLong | 413 | 4130 | Client | The request body is too long | Send less, or raise limits.request_body_bytes.
        RequestLineTooLong | 414 | 4140 | Client | The request line is too long | Shorten the URL, or raise limits.request_line_bytes.
        ExpectationFailed | 417 | 4170 | Client | Unknown expectation | Only Expect: 100-continue is understood.
        HeadTooLarge | 431 | 4310 | Client | The request head is too large | Send fewer or shorter headers, or raise limits.request_head_bytes.
        NotImplemented | 501 | 5010 | Client | Not implemented | CONNECT and transfer codings other than chunked are not served.
        VersionNotSupported | 505 | 5050 | Client | HTTP version not supported | Use HTTP/1.1.
        RequestBodyInvalid | 400 | 4001 | Client | Malformed request body | The chunked coding of the body is broken; what the upstream got of the request was cut off.
        NotFound | 404 | 4040 | Client | No such path | Use /v1/{account}/{gateway}/{provider}/... or /{provider}/...
        UnknownGateway | 404 | 2001 | Client | Unknown gateway | Use a gateway that is configured.
        UnknownProvider | 404 | 2008 | Client | Invalid provider | Use a provider that is configured.
        InvalidPath | 400 | 4002 | Client | Invalid path for this provider | Correct the path.
        Unsupported | 501 | 5011 | Gateway | Not available in this version | Call the provider's own path.
        ShuttingDown | 503 | 5030 | Gateway | The gateway is shutting down | Send the request again.
        UpstreamNameNotResolved | 502 | 5024 | Upstream | The provider's host name has no address | Check the provider's base_url and the DNS.
        UpstreamConnectFailed | 502 | 5020 | Upstream | Could not connect to the provider | Check the provider's base_url and the network.
        UpstreamTlsFailed | 502 | 5021 | Upstream | The TLS handshake with the provider failed | Check the provider's certificate; a private CA goes into upstream.ca_bundle.
        UpstreamProxyFailed | 502 | 5025 | Upstream | The proxy on the way to the provider failed | Check HTTPS_PROXY, NO_PROXY and the proxy's credentials.
        UpstreamClosed | 502 | 5023 | Upstream | The provider closed the connection before it answered | Send the request again.
        UpstreamMalformed | 502 | 5022 | Upstream | The provider sent a malformed response | Check that base_url names an HTTP/1.1 server.
        UpstreamConnectTimeout | 504 | 5040 | Upstream | Connecting to the provider took too long | Check the network, or raise upstream.connect_timeout_ms.
        UpstreamHeadTimeout | 504 | 5041 | Upstream | The provider did not begin its response in time | Raise upstream.response_head_timeout_ms.
        InternalError | 500 | 5000 | Gateway | Internal error | The gateway's log has the details.
        """;

    [Fact]
    public void Rejections_AreTheContract()
    {
        var actual = Enum.GetValues<RejectionReason>()
            .Where(reason => reason != RejectionReason.None)
            .Select(reason =>
            {
                var rejection = Rejections.Of(reason);
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{reason} | {rejection.Status} | {rejection.Code} | {rejection.Party} | {rejection.Message} | {rejection.Advice}");
            });

        Assert.Equal(Contract.Split('\n').Select(line => line.TrimEnd('\r')), actual);
    }

    [Fact]
    public void Rejections_HaveCodesOfTheirOwn()
    {
        var codes = Contract.Split('\n').Select(line => line.Split(" | ")[2]).ToList();

        Assert.Equal(codes.Count, codes.Distinct().Count());
    }

    [Fact]
    public async Task Rejection_OnTheWire_IsCloudflaresEnvelope()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET /v1/acct/gw/openai/../x HTTP/1.1\r\nHost: g\r\n\r\n");
        var answer = await client.ReadMessageAsync();

        const string Message = "Invalid path for this provider: "
            + "The path has a segment \\u0027.\\u0027 or \\u0027..\\u0027; send the path that it stands for.";
        Assert.Equal(
            "{\"success\":false,\"result\":[],\"messages\":[],"
            + $"\"error\":[{{\"code\":4002,\"message\":\"{Message}\"}}],"
            + $"\"name\":\"AiGatewayError\",\"httpCode\":400,\"internalCode\":4002,\"message\":\"{Message}\","
            + "\"description\":\"Correct the path.\",\"source\":\"client\"}",
            answer.BodyText);
        Assert.Equal(["Date", "Content-Type", "Content-Length"], answer.Headers.Select(header => header.Key));
        Assert.Equal("HTTP/1.1 400 Bad Request", answer.StartLine);
    }

    [Theory]
    [InlineData("/v1/acct/other/openai/x", 404, 2001, "'acct/other'", "acct/gw")]
    [InlineData("/v1/acct/gw/nobody/x", 404, 2008, "'nobody'", "anthropic, ")]
    [InlineData("/v1/acct/gw/OpenAI/x", 404, 2008, "'OpenAI'", "'openai'")]
    [InlineData("/nowhere", 404, 4040, "names no provider", "/v1/{account}/{gateway}/{provider}")]
    [InlineData("/v1/chat/completions", 404, 4040, "names no provider", "/openai/v1")]
    [InlineData("/", 404, 4040, "names no provider", "/anthropic")]
    [InlineData("*", 404, 4040, "names no provider", "/anthropic")]
    [InlineData("/v1/acct/gw", 501, 5011, "universal endpoint", "/v1/{account}/{gateway}/{provider}")]
    [InlineData("/v1/acct/gw/compat/chat/completions", 501, 5011, "compat endpoint", "/v1/{account}/{gateway}/")]
    [InlineData("/v1/acct/gw/aws-bedrock/bedrock-runtime/evil.example/x", 400, 4002, "region", "lower-case letters")]
    public async Task Path_LeadingNowhere_SaysWhatWouldLeadSomewhere(
        string path, int status, int code, string problem, string hint)
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        // The connection stays usable: where a request without a body ends is known.
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: g\r\n\r\n");
            var answer = await client.ReadMessageAsync();

            var error = ErrorBody.Read(answer);
            Assert.Equal((status, status, code), (answer.Status, error.HttpCode, error.Code));
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
            Assert.Contains(hint, error.Message, StringComparison.Ordinal);
            Assert.Null(answer.Header("connection"));
        }

        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task Path_WithTextThatIsNoneOfOurs_IsRepeatedHarmlessly()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync($"GET /v1/acct/gw/<script>\"\u00ff{new string('x', 4000)} HTTP/1.1\r\nHost: g\r\n\r\n");
        var answer = await client.ReadMessageAsync();

        Assert.DoesNotContain("<script>", answer.BodyText, StringComparison.Ordinal);
        Assert.InRange(answer.Body.Length, 1, 4000);
        Assert.Equal(2008, ErrorBody.Read(answer).Code);
    }

    [Fact]
    public async Task Request_WrongInTwoWays_IsToldOneOfThem()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("POST /nowhere HTTP/1.1\r\nHost: g\r\nContent-Length: 9999999999\r\n\r\n");

        Assert.Equal("The request body is too long", ErrorBody.Read(await client.ReadMessageAsync()).Message);
    }

    [Fact]
    public async Task Head_Refused_GetsNoBody()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("HEAD /nowhere HTTP/1.1\r\nHost: g\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: g\r\n\r\n");
        var head = await client.ReadMessageAsync(hasBody: false);
        var get = await client.ReadMessageAsync();

        Assert.Equal("HTTP/1.1 404 Not Found", head.StartLine);
        Assert.Equal("HTTP/1.1 404 Not Found", get.StartLine);
        Assert.Equal(head.Header("content-length"), $"{get.Body.Length}");
        Assert.Equal(4040, ErrorBody.Read(get).Code);
    }

    [Fact]
    public async Task Request_RefusedWithItsBodyUnread_EndsTheConnection()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(
            "POST /nowhere HTTP/1.1\r\nHost: g\r\nContent-Length: 54\r\n\r\n"
            + "GET /v1/acct/gw/openai/hidden HTTP/1.1\r\nHost: g\r\n\r\n    ");
        var answer = await client.ReadMessageAsync();
        client.ShutdownSend();

        Assert.Equal(404, answer.Status);
        Assert.Equal("close", answer.Header("connection"));
        Assert.Empty(await client.ReadToEndAsync());
        Assert.Equal(0, upstream.Connections);
    }
}
