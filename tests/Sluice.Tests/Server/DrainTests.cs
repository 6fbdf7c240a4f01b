using System.Net;

namespace Sluice.Tests.Server;

/// <summary>What becomes of a running stream when the process is told to stop.</summary>
[Collection(nameof(SluiceProcess))]
public sealed class DrainTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StreamingUpstream _upstream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _upstream.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Terminated_RunningStream_EndsProperlyAndReadinessIsGoneMeanwhile()
    {
        await using var gateway = await StartAsync(drainTimeoutMs: 60_000);
        using var response = await BeginStreamAsync(gateway);

        await gateway.Process.SignalAsync("TERM");
        await gateway.Process.WaitForLineAsync("1 are running");
        using var readiness = await gateway.Client.GetAsync(gateway.AdminUrl + "/readyz", Cancellation);
        _upstream.Finish();
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        var code = await gateway.Process.WaitForExitAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, readiness.StatusCode);
        Assert.Equal("""{"status":"draining"}""", await readiness.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("data: first\n\ndata: last\n\n", body);
        Assert.Equal(0, code);
        Assert.DoesNotContain("cut off", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TerminatedTwice_RunningStream_IsCutAtOnce()
    {
        await using var gateway = await StartAsync(drainTimeoutMs: 86_400_000);
        using var response = await BeginStreamAsync(gateway);

        await gateway.Process.SignalAsync("TERM");
        await gateway.Process.WaitForLineAsync("1 are running");
        await gateway.Process.SignalAsync("TERM");

        Assert.Equal(0, await gateway.Process.WaitForExitAsync());
        Assert.Contains("Stopping now: 1 exchanges are cut off.", gateway.Process.Output, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Terminated_StreamThatOutlastsTheLimit_IsCut()
    {
        await using var gateway = await StartAsync(drainTimeoutMs: 1);
        using var response = await BeginStreamAsync(gateway);

        await gateway.Process.SignalAsync("TERM");

        Assert.Equal(0, await gateway.Process.WaitForExitAsync());
        Assert.Contains("Stopping now: 1 exchanges are cut off.", gateway.Process.Output, StringComparison.Ordinal);
    }

    private Task<RunningGateway> StartAsync(int drainTimeoutMs)
    {
        _folder.Write("sluice.json", $$"""
            { "providers": { "openai": { "base_url": "{{_upstream.Url}}" } }, "limits": { "drain_timeout_ms": {{drainTimeoutMs}} } }
            """);
        return RunningGateway.StartAsync(_folder.Path);
    }

    private static async Task<HttpResponseMessage> BeginStreamAsync(RunningGateway gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway.DataUrl + "/openai/stream");
        return await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }
}
