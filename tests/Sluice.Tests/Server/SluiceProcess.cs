using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Sluice.Tests.Server;

/// <summary>The executable as a child process, in a folder of its own and with no settings in its environment.</summary>
internal sealed class SluiceProcess : IAsyncDisposable
{
    // Far beyond what anything takes; a test that gets here has failed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly CancellationTokenSource _timeout = new(Patience);
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _outputEnd;
    private readonly Task _errorEnd;

    private SluiceProcess(Process process)
    {
        _process = process;
        _outputEnd = ReadAsync(process.StandardOutput, _output, _lines.Writer);
        _errorEnd = ReadAsync(process.StandardError, _errors, null);
    }

    /// <summary>What it has written to stdout so far.</summary>
    public string Output => Text(_output);

    /// <summary>What it has written to stderr so far.</summary>
    public string Errors => Text(_errors);

    /// <summary>Starts it.</summary>
    /// <param name="folder">Its working directory.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables to add.</param>
    public static SluiceProcess Start(
        string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var dll = Path.Combine(AppContext.BaseDirectory, "sluice.dll");
        var start = new ProcessStartInfo("dotnet", [dll, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.ToArray())
        {
            if (name.StartsWith("SLUICE_", StringComparison.Ordinal)
                || name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)
                || name is "AWS_REGION" or "AWS_DEFAULT_REGION" or "CLOUD_ML_REGION")
            {
                start.Environment.Remove(name);
            }
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new SluiceProcess(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        await using var process = Start(folder, arguments, environment);
        var code = await process.WaitForExitAsync();
        return (code, process.Output, process.Errors);
    }

    /// <summary>Waits for a line on stdout that contains a text.</summary>
    /// <returns>The line.</returns>
    public async Task<string> WaitForLineAsync(string text)
    {
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(_timeout.Token))
            {
                if (line.Contains(text, StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Reported below.
        }

        throw new InvalidOperationException($"The line with \"{text}\" did not come.\n{Output}\n{Errors}");
    }

    /// <summary>Sends a signal by its name, as TERM.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{_process.Id}"]);
        await kill.WaitForExitAsync(_timeout.Token);
    }

    /// <summary>Waits for its end and for all of its output.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(_timeout.Token);
        await _outputEnd.WaitAsync(_timeout.Token);
        await _errorEnd.WaitAsync(_timeout.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _timeout.Dispose();
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder text, ChannelWriter<string>? lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }

            lines?.TryWrite(line);
        }

        lines?.Complete();
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
