using System.Globalization;
using Microsoft.Extensions.Logging;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>One line in the log for each exchange, which tells what happened and gives nothing away.</summary>
public sealed class ExchangeLineTests
{
    private const string Category = "Sluice.Exchange";
    private const string Messages = "POST /v1/acct/gw/anthropic/v1/messages?beta=true HTTP/1.1\r\nHost: g\r\n";
    private const string Responses =
        "POST /v1/acct/gw/openai/responses HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\n\r\n{}";
    private const string Canary = "c4n4ry";

    [Fact]
    public async Task Stream_Complete_IsOneLineWithAllThatIsKnown()
    {
        var response = FixtureFiles.ReadResponse("anthropic-stream");
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(response));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Messages + "Content-Length: 5\r\n\r\nhello");
        var answer = await client.ReadMessageAsync();
        var line = await gateway.Log.WaitForAsync(Category, _ => true);

        var fields = Parse(line.Text);
        Assert.StartsWith("POST /v1/acct/gw/anthropic/v1/messages 200 provider=", line.Text, StringComparison.Ordinal);
        Assert.Equal("anthropic", fields["provider"]);
        Assert.Equal("acct/gw", fields["gateway"]);
        Assert.Equal("5", fields["in"]);
        Assert.Equal($"{answer.Body.Length}", fields["out"]);
        Assert.Equal("complete", fields["outcome"]);
        Assert.Equal("-", fields["reason"]);
        Assert.Equal("False", fields["reused"]);
        Assert.Equal("1", fields["attempts"]);
        Assert.InRange(Milliseconds(fields, "ttfb_ms"), 0, Milliseconds(fields, "ttft_ms"));
        Assert.InRange(Milliseconds(fields, "ttft_ms"), 0, Milliseconds(fields, "duration_ms"));
        Assert.Equal((LogLevel.Information, 3000), (line.Level, line.EventId));
    }

    [Theory]
    [InlineData("anthropic-messages")]
    [InlineData("bedrock-converse-stream")]
    [InlineData("anthropic-stream-gzip")]
    public async Task Response_ThatIsNotLookedInto_HasNoTimeToItsFirstToken(string fixture)
    {
        var response = FixtureFiles.ReadResponse(fixture);
        await using var upstream = ScriptedUpstream.Answering((_, peer) => peer.SendAsync(response));
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Responses);
        await client.ReadMessageAsync();
        var fields = Parse((await gateway.Log.WaitForAsync(Category, _ => true)).Text);

        Assert.Equal(("-", "complete"), (fields["ttft_ms"], fields["outcome"]));
    }

    [Fact]
    public async Task Exchanges_OnOneConnection_AreOneLineEach()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        string[] paths = ["/openai/models", "/nowhere", "/openai/files/x?a=b", "/anthropic"];
        foreach (var path in paths)
        {
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: g\r\n\r\n");
            await client.ReadMessageAsync();
        }

        await gateway.Log.WaitForAsync(Category, text => text.StartsWith("GET /anthropic ", StringComparison.Ordinal));
        var lines = gateway.Log.Lines.Where(line => line.Category == Category).Select(line => line.Text).ToList();
        Assert.Equal(
            ["GET /openai/models 200", "GET /nowhere 404", "GET /openai/files/x 200", "GET /anthropic 200"],
            lines.Select(line => line[..line.IndexOf(" provider=", StringComparison.Ordinal)]));
        Assert.Equal(["False", "False", "True", "True"], lines.Select(line => Parse(line)["reused"]));
        Assert.Equal(["1", "0", "1", "1"], lines.Select(line => Parse(line)["attempts"]));
    }

    [Fact]
    public async Task Codex_ClosingAfterTheLastEvent_CountsAsComplete()
    {
        const string End = "event: response.completed";
        var response = FixtureFiles.ReadResponse("openai-responses-stream");
        var closed = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            // All but the last chunk: the provider still holds the stream open.
            await peer.ReadMessageAsync();
            await peer.SendAsync(response.AsMemory(0, response.Length - 5));
            await peer.ReadToEndAsync();
            closed.SetResult();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using (var client = await gateway.ConnectAsync())
        {
            await client.SendAsync(Responses);
            await client.ReadUntilAsync(End);
            await client.ReadUntilAsync("\n\n\r\n");
        }

        var line = await gateway.Log.WaitForAsync(Category, _ => true);
        Assert.Equal("complete", Parse(line.Text)["outcome"]);
        Assert.Equal(LogLevel.Information, line.Level);
        await closed.Task.OrHang();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_LeavingInTheMiddle_IsLoggedAsCancelled(bool byReset)
    {
        var response = FixtureFiles.ReadResponse("openai-responses-stream");
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(response.AsMemory(0, response.Length / 2));
            await peer.ReadToEndAsync();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using (var client = await gateway.ConnectAsync())
        {
            await client.SendAsync(Responses);
            await client.ReadUntilAsync("response.output_text.delta");
            if (byReset)
            {
                client.Reset();
            }
        }

        var line = await gateway.Log.WaitForAsync(Category, _ => true);
        var fields = Parse(line.Text);
        Assert.Equal("client_cancelled", fields["outcome"]);
        Assert.StartsWith("POST /v1/acct/gw/openai/responses 200 ", line.Text, StringComparison.Ordinal);
        Assert.True(long.Parse(fields["out"], CultureInfo.InvariantCulture) > 0);
        Assert.Equal(LogLevel.Information, line.Level);
    }

    [Fact]
    public async Task Client_LeavingBeforeTheAnswer_IsLoggedAsCancelled()
    {
        var asked = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            asked.SetResult();
            await peer.ReadToEndAsync();
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using (var client = await gateway.ConnectAsync())
        {
            await client.SendAsync(Responses);
            await asked.Task.OrHang();
        }

        var line = await gateway.Log.WaitForAsync(Category, _ => true);
        Assert.Equal("client_cancelled", Parse(line.Text)["outcome"]);
        Assert.StartsWith("POST /v1/acct/gw/openai/responses 499 ", line.Text, StringComparison.Ordinal);
        Assert.Equal(LogLevel.Information, line.Level);
    }

    [Theory]
    [InlineData("anthropic-stream-truncated-reset", "upstream_truncated", "-")]
    [InlineData("anthropic-stream-truncated-clean-end", "upstream_truncated", "-")]
    [InlineData("anthropic-stream-error-event", "upstream_truncated", "StreamError")]
    public async Task Stream_ThatIsNotWhole_IsLoggedAsTruncated(string fixture, string outcome, string reason)
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(FixtureFiles.ReadResponse(fixture));
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Messages + "Content-Length: 2\r\n\r\n{}");
        await client.ReadMessageAsync();

        var line = await gateway.Log.WaitForAsync(Category, _ => true);
        Assert.Equal((outcome, reason), (Parse(line.Text)["outcome"], Parse(line.Text)["reason"]));
        Assert.Equal(LogLevel.Warning, line.Level);
    }

    [Theory]
    [InlineData("GET /nowhere HTTP/1.1\r\nHost: g\r\n\r\n", "GET /nowhere 404 ", "NotFound")]
    [InlineData("GET /v1/acct/gw/no/x HTTP/1.1\r\nHost: g\r\n\r\n", "GET /v1/acct/gw/no/x 404 ", "UnknownProvider")]
    [InlineData("bad\r\n\r\n", "- - 400 ", "BadRequest")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "- - 0 ", "VersionNotSupported")]
    [InlineData("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "CONNECT a:443 501 ", "NotImplemented")]
    public async Task Request_Refused_IsLoggedWithTheReason(string request, string start, string reason)
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(request);
        client.ShutdownSend();
        await client.ReadToEndAsync();

        var line = await gateway.Log.WaitForAsync(Category, _ => true);
        Assert.StartsWith(start, line.Text, StringComparison.Ordinal);
        Assert.Equal(("rejected", reason), (Parse(line.Text)["outcome"], Parse(line.Text)["reason"]));
        Assert.Equal(LogLevel.Information, line.Level);
    }

    [Fact]
    public async Task Upstream_Unreachable_IsLoggedAsAFault()
    {
        using var nobody = new UnreachablePort();
        await using var gateway = await GatewayHost.StartAsync(nobody.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Responses);
        await client.ReadMessageAsync();

        var line = await gateway.Log.WaitForAsync(Category, text => text.Contains(" 502 ", StringComparison.Ordinal));
        Assert.Equal("UpstreamConnectFailed", Parse(line.Text)["reason"]);
        Assert.Equal(LogLevel.Warning, line.Level);
    }

    [Fact]
    public async Task Path_WithControlAndForeignCharacters_CannotBeginALineOfItsOwn()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET /openai/\u00c2\u0085\u00e2\u0080\u00a8\\n\u00c5\u00bc HTTP/1.1\r\nHost: g\r\n\r\n");
        await client.ReadMessageAsync();

        var line = await gateway.Log.WaitForAsync(Category, _ => true);
        Assert.StartsWith(@"GET /openai/\u0085\u2028\\n\u017C 200 ", line.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /v1/acct/gw/openai/x?key=c4n4ry&api_key=c4n4ry HTTP/1.1")]
    [InlineData("GET http://user:c4n4ry@g/v1/acct/gw/openai/x HTTP/1.1")]
    [InlineData("GET /v1/acct/gw/nobody/x?key=c4n4ry HTTP/1.1")]
    [InlineData("GET /v1/acct/other/openai/x?key=c4n4ry HTTP/1.1")]
    [InlineData("GET /nowhere?key=c4n4ry HTTP/1.1")]
    [InlineData("GET /v1/acct/gw/openai/../x?key=c4n4ry HTTP/1.1")]
    [InlineData("GET /v1/acct/gw/openai/x?key=c4n4ry HTTP/9.9")]
    [InlineData("GET /v1/acct/gw/openai/x?key=c4n4ry# HTTP/1.1")]
    [InlineData("GET /v1/acct/gw/openai/x HTTP/1.1\r\nBroken c4n4ry: x")]
    [InlineData("GET /v1/acct/gw/openai/x HTTP/1.1\r\nContent-Length: c4n4ry")]
    [InlineData("GET /v1/acct/gw/openai/x HTTP/1.1\r\nExpect: c4n4ry")]
    public async Task Secrets_OfARequest_AreInNoLogLineAndNoAnswer(string start)
    {
        string[] credentials =
        [
            "Authorization: Bearer", "x-api-key:", "api-key:", "x-goog-api-key:", "xi-api-key:", "x-auth-token:",
            "cf-aig-authorization: Bearer", "cf-access-client-secret:", "cf-access-jwt-assertion:", "Cookie: a=",
            "x-amz-security-token:", "Proxy-Authorization: Basic", "Sec-WebSocket-Protocol: openai-insecure-api-key.",
        ];
        var headers = string.Concat(credentials.Select(field => $"{field} {Canary}\r\n"));
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"u8.ToArray(), []);
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(
            $"{start}\r\nHost: g\r\n{headers}Transfer-Encoding: chunked\r\n\r\n6\r\n{Canary}\r\n0\r\n\r\n");
        var answer = await client.ReadMessageAsync();
        await gateway.Log.WaitForAsync(Category, _ => true);

        Assert.DoesNotContain(Canary, answer.Head + answer.BodyText, StringComparison.OrdinalIgnoreCase);
        Assert.All(gateway.Log.Lines, line =>
            Assert.DoesNotContain(Canary, line.Text + line.Exception, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nSet-Cookie: c4n4ry\r\nContent-Length: c4n4ry\r\n\r\n")]
    [InlineData("c4n4ry\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nc4n4ry")]
    public async Task Secrets_OfABrokenResponse_AreInNoLogLine(string response)
    {
        await using var upstream = new ScriptedUpstream(async peer =>
        {
            await peer.ReadMessageAsync();
            await peer.SendAsync(response);
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Url);
        await using var client = await gateway.ConnectAsync();

        await client.SendAsync(Responses);
        await client.ReadMessageAsync();
        await gateway.Log.WaitForAsync(Category, _ => true);

        Assert.All(gateway.Log.Lines, line =>
            Assert.DoesNotContain(Canary, line.Text + line.Exception, StringComparison.OrdinalIgnoreCase));
    }

    private static Dictionary<string, string> Parse(string line) => line.Split(' ')
        .Select(part => part.Split('=', 2))
        .Where(parts => parts.Length == 2)
        .ToDictionary(parts => parts[0], parts => parts[1]);

    private static double Milliseconds(Dictionary<string, string> fields, string name) =>
        double.Parse(fields[name], CultureInfo.InvariantCulture);
}
