using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Perf.CommandLine;
using Sluice.Perf.Load;
using Sluice.Perf.Measuring;
using Sluice.Perf.Sockets;

namespace Sluice.Perf.Comparison;

/// <summary>A contender that runs as a child process, from its start to its end.</summary>
internal sealed class ContenderServer : IAsyncDisposable
{
    // The shell is replaced by the contender, which so has the id that we know. Its output goes to a null device and
    // not through a pipe, because reading log lines would cost this program time.
    private const string Launcher = "exec \"$@\" </dev/null >/dev/null 2>\"$SLUICE_PERF_STDERR\"";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(1);

    private readonly string _name;
    private readonly string _folder;
    private readonly Process _process;

    private ContenderServer(string name, string folder, Process process, IPEndPoint endPoint)
    {
        _name = name;
        _folder = folder;
        _process = process;
        EndPoint = endPoint;
        Processes = new ProcessTree(process.Id);
    }

    public IPEndPoint EndPoint { get; }

    public ProcessTree Processes { get; }

    /// <summary>From just before the process was made to the first byte of a proxied answer.</summary>
    public TimeSpan StartUp { get; private set; }

    /// <summary>Starts a contender and completes when it has forwarded a request.</summary>
    /// <exception cref="UsageException">It does not start, or does not forward; the message holds what it
    /// said.</exception>
    public static async Task<ContenderServer> StartAsync(
        Contender contender, IPEndPoint provider, int cores, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory($"sluice-perf-{contender.Name}-").FullName;
        ContenderServer? server = null;
        try
        {
            var plan = contender.Prepare(folder, provider, cores);
            var start = new ProcessStartInfo("/bin/sh", ["-c", Launcher, "sh", plan.Program, .. plan.Arguments]);
            start.Environment["SLUICE_PERF_STDERR"] = Path.Combine(folder, "stderr.txt");
            foreach (var (key, value) in plan.Environment)
            {
                start.Environment[key] = value;
            }

            var startNs = Stopwatch.GetTimestamp();
            var process = Process.Start(start)!;
            var endPoint = new IPEndPoint(IPAddress.Loopback, plan.Port);
            server = new ContenderServer(contender.Name, folder, process, endPoint);
            await server.UntilForwardingAsync(cancellation);
            server.StartUp = Stopwatch.GetElapsedTime(startNs);
            return server;
        }
        catch
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
            else
            {
                Directory.Delete(folder, recursive: true);
            }

            throw;
        }
    }

    /// <summary>Ends this process, and those below it, and no other.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = LinuxCalls.Kill(_process.Id, LinuxCalls.SignalTerminate);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task UntilForwardingAsync(CancellationToken cancellation)
    {
        var request = RequestBytes.Make(GatewayPath.On(EndPoint), 256, isStream: false, []);
        var startNs = Stopwatch.GetTimestamp();
        var answer = "nothing";
        while (Stopwatch.GetElapsedTime(startNs) < StartLimit && !_process.HasExited)
        {
            if (await TryAskAsync(request, cancellation) is { } line)
            {
                if (line.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                {
                    return;
                }

                answer = $"'{line}'";
            }

            await Task.Delay(ProbeInterval, cancellation);
        }

        var stderr = File.ReadAllText(Path.Combine(_folder, "stderr.txt")).Trim();
        throw new UsageException(
            (_process.HasExited
                ? $"{_name} ended with code {_process.ExitCode} before it forwarded a request"
                : $"{_name} did not forward a request within {StartLimit.TotalSeconds:N0} s; it answered {answer}") +
            (stderr.Length > 0 ? $", and said:\n{stderr}" : ", and said nothing on standard error.") +
            "\nLeave it out with --contenders if it cannot run here.");
    }

    /// <summary>The first line of the answer; null when there is no answer.</summary>
    private async Task<string?> TryAskAsync(byte[] request, CancellationToken cancellation)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var buffer = new byte[4096];
        try
        {
            await socket.ConnectAsync(EndPoint, cancellation);
            await socket.SendAsync(request, cancellation);
            var count = await socket.ReceiveAsync(buffer, cancellation);
            return count == 0 ? null : Encoding.ASCII.GetString(buffer, 0, count).Split("\r\n")[0];
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
