using System.Diagnostics;
using Sluice.Perf.CommandLine;

namespace Sluice.Perf.Comparison;

/// <summary>
/// Finds the Sluice executable to measure, or publishes it from the repository that this program was built from.
/// </summary>
internal static class SluiceBuild
{
    private const string Project = "src/Sluice.Server";
    private const string Assembly = "sluice.dll";
    private const string Advice = $"Give --sluice a built {Assembly}, or leave Sluice out with --contenders.";

    /// <summary>
    /// The release build that lies beside that of this program, or null. It may be older than the sources, so it is
    /// good for a check only.
    /// </summary>
    public static string? FindBuilt()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "..", "..", "Sluice.Server", "release", Assembly);
        return File.Exists(file) ? file : null;
    }

    /// <summary>
    /// The given file, checked to be there; or, with null, a fresh release build in <paramref name="folder"/>.
    /// </summary>
    public static async Task<string> ResolveAsync(string? path, string folder, CancellationToken cancellation)
    {
        if (path is not null)
        {
            return File.Exists(path)
                ? Path.GetFullPath(path)
                : throw new UsageException(
                    $"There is no file '{path}'. Give --sluice the built {Assembly} or executable.");
        }

        var root = FindRepository()
            ?? throw new UsageException($"No {Project} above this folder. {Advice}");
        return await PublishAsync(root, folder, cancellation);
    }

    private static async Task<string> PublishAsync(string root, string folder, CancellationToken cancellation)
    {
        // Its own artifacts, so that the builds of the working tree are neither used nor disturbed.
        var output = Path.Combine(folder, "publish");
        string[] arguments =
        [
            "publish", Path.Combine(root, Project), "-c", "Release", "-o", output,
            "--artifacts-path", Path.Combine(folder, "artifacts"), "-nologo", "-v", "quiet",
        ];
        Console.Error.WriteLine($"publishing {Project}");
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        try
        {
            var text = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? Path.Combine(output, Assembly)
                : throw new UsageException($"{Project} does not build:\n{text}{Advice}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string? FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, Project)))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? (Directory.Exists(Project) ? Directory.GetCurrentDirectory() : null);
    }
}
