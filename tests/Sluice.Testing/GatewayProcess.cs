using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Testing;

/// <summary>
/// The executable in a process of its own, so that its memory, its files and its end can be seen apart from the test's.
/// The test project has to reference the executable's project.
/// </summary>
public sealed partial class GatewayProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayProcess(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    /// <summary>The port of the data listener on loopback.</summary>
    public int Port { get; private set; }

    /// <summary>Ends when the process has ended; its exit code.</summary>
    public Task<int> Exit => WaitAsync();

    /// <summary>Bytes of memory that the process has now in the machine's memory. Linux only.</summary>
    public long ResidentBytes
    {
        get
        {
            var lines = File.ReadLines($"/proc/{_process.Id}/status");
            var line = lines.First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(Digits().Match(line).ValueSpan, CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>What it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>
    /// Starts a gateway with account <c>acct</c> and gateway <c>gw</c>, whose provider <c>openai</c> leads to an
    /// upstream.
    /// </summary>
    /// <param name="upstream">The upstream.</param>
    /// <param name="limits">The members of the settings' <c>limits</c>, as JSON.</param>
    /// <param name="isFrugal">
    /// Whether garbage is collected early. Else the runtime lets it grow with the size of the processor's cache, which
    /// says nothing about what the gateway holds.
    /// </param>
    public static async Task<GatewayProcess> StartAsync(Uri upstream, string limits = "", bool isFrugal = false)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        var settings = Path.Combine(folder, "sluice.json");
        await File.WriteAllTextAsync(settings, $$"""
            {
              "listen": ["http://127.0.0.1:0"], "admin": "http://127.0.0.1:0", "log_level": "warning",
              "data": "{{Path.Combine(folder, "data")}}",
              "providers": { "openai": { "base_url": "{{upstream}}" } },
              "gateways": [ { "account_id": "acct", "id": "gw" } ],
              "limits": { {{limits}} }
            }
            """);
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && IsDotNet(host) ? host : "dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "sluice.dll"), "run", "--config", settings },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (isFrugal)
        {
            start.Environment["DOTNET_GCgen0size"] = "0x400000";
        }

        var gateway = new GatewayProcess(new Process { StartInfo = start }, folder);
        gateway.Start();
        try
        {
            gateway.Port = await gateway._port.Task.OrHang();
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }

        return gateway;
    }

    /// <summary>Connects a client.</summary>
    public Task<RawPeer> ConnectAsync() => RawPeer.ConnectAsync(Port);

    /// <summary>Asks the process to end, as an init system does (SIGTERM).</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsDotNet(string path) =>
        Path.GetFileNameWithoutExtension(path).Equals("dotnet", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"listening\s+http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();

    private void Start()
    {
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            _port.TrySetException(new InvalidOperationException($"The gateway ended at once: {Output}"));
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (Listening().Match(line) is { Success: true } match)
        {
            _port.TrySetResult(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        }
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }
}
