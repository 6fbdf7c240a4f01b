using System.Text.RegularExpressions;

namespace Sluice.Tests.Server;

/// <summary>A gateway process that listens on ports of the kernel's choice.</summary>
internal sealed partial class RunningGateway : IAsyncDisposable
{
    private RunningGateway(SluiceProcess process, string dataUrl, string adminUrl)
    {
        Process = process;
        DataUrl = dataUrl;
        AdminUrl = adminUrl;
    }

    public SluiceProcess Process { get; }

    public string DataUrl { get; }

    public string AdminUrl { get; }

    /// <summary>Plain requests: no proxy, one connection each.</summary>
    public HttpClient Client { get; } = new(new SocketsHttpHandler
    {
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    public static async Task<RunningGateway> StartAsync(string folder, params string[] arguments)
    {
        var process = SluiceProcess.Start(
            folder, ["run", "--admin", "http://127.0.0.1:0", .. arguments], ("SLUICE_LISTEN", "http://127.0.0.1:0"));
        var listening = await process.WaitForLineAsync("listening ");
        var admin = await process.WaitForLineAsync("admin ");
        await process.WaitForLineAsync("Claude Code ");
        return new RunningGateway(process, Url().Match(listening).Value, Url().Match(admin).Value);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }

    [GeneratedRegex(@"https?://\S+:\d+")]
    private static partial Regex Url();
}
