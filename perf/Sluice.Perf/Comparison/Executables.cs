using System.Diagnostics;

namespace Sluice.Perf.Comparison;

/// <summary>Finds installed programs and asks them for their version.</summary>
internal static class Executables
{
    /// <summary>
    /// The path of a program, or null when it is not installed. Servers often lie outside of a user's search path.
    /// </summary>
    public static string? Find(string name)
    {
        var searchPath = Environment.GetEnvironmentVariable("PATH") ?? "";
        var folders = searchPath.Split(':').Concat(["/usr/sbin", "/usr/local/sbin"]);
        return folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>The first line that a program writes when asked for its version.</summary>
    public static string FirstLine(string program, string argument)
    {
        var start = new ProcessStartInfo(program, argument)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return text.Split('\n')[0].Trim();
    }
}
