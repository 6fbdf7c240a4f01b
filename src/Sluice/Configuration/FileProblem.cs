namespace Sluice.Configuration;

/// <summary>Says in words why a file cannot be read.</summary>
internal static class FileProblem
{
    /// <summary>A sentence for an exception that reading a file has thrown.</summary>
    public static string Describe(string file, Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"\"{file}\" does not exist",
        UnauthorizedAccessException => $"\"{file}\" may not be read by this user, or is a folder",
        _ => $"\"{file}\" cannot be read: {exception.Message}",
    };
}
