using System.Text.RegularExpressions;

namespace Sluice.ConventionTests;

/// <summary>What documents name exists.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Documents() => new(Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "src", "docs"), "*.md", SearchOption.AllDirectories)
        .Append(Path.Combine(Repository.Root, "README.md"))
        .Append(Path.Combine(Repository.Root, "perf", "README.md"))
        .Select(Repository.Relative));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_PathsItNames_Exist(string document)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, document));

        var missing = RepositoryPath().Matches(text)
            .Select(match => match.Groups[1].Value.TrimEnd('.', '/'))
            .Where(path => !Path.Exists(Path.Combine(Repository.Root, path)))
            .ToArray();

        Assert.Empty(missing);
    }

    // Paths in code marks or links that begin with a top-level folder.
    [GeneratedRegex("""[`(]((?:src|tests|bench|perf)/[\w./-]+)[`)#]""")]
    private static partial Regex RepositoryPath();
}
