using System.Reflection;

namespace Sluice.ConventionTests;

/// <summary>The files of the checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder with <c>Engine.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All source files below a folder of the checkout, as full paths.</summary>
    public static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !path.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    /// <summary>A path as it is written in messages.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    // The project file puts the folder into the assembly, so the tests find it wherever their output is.
    private static string FindRoot() => Path.GetFullPath(typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!);
}
