namespace Sluice.Server.Hosting;

/// <summary>The folder of everything that outlives a restart.</summary>
internal static class DataFolder
{
    /// <summary>Makes the folder if it is missing, and makes sure that files can be written there.</summary>
    /// <exception cref="StartupException">They cannot.</exception>
    public static void Prepare(string folder)
    {
        try
        {
            var path = Directory.CreateDirectory(folder).FullName;

            // Rights, read-only mounts and full disks all show only when something is written.
            var probe = Path.Combine(path, $".write-test-{Environment.ProcessId}");
            File.WriteAllText(probe, "sluice");
            File.Delete(probe);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var reason = exception.Message.ReplaceLineEndings(" ");
            throw new StartupException(
                $"cannot write to the data folder \"{folder}\": {reason} "
                + "Make it writable, or set data to another folder.",
                exception);
        }
    }
}
