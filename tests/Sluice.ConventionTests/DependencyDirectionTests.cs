using System.Text.RegularExpressions;

namespace Sluice.ConventionTests;

/// <summary>Dependencies point one way: between projects, and between the folders of the data path.</summary>
public sealed partial class DependencyDirectionTests
{
    // A project may reference only projects that stand before it here.
    private static readonly string[] Projects =
        ["Sluice.Http", "Sluice.Transport", "Sluice.Proxy", "Sluice", "Sluice.Server"];

    // A folder of Sluice.Proxy may use only folders to its right; folders of one group do not see each other.
    private static readonly string[][] Folders =
    [
        ["Connections"],
        ["Pipeline"],
        ["Routing", "Upstream", "Relay", "Accounting"],
        ["Providers"],
        ["Exchange"],
        ["Model"],
        ["Diagnostics"],
    ];

    [Fact]
    public void Projects_References_PointToLowerProjectsOnly()
    {
        foreach (var (project, index) in Projects.Select((name, index) => (name, index)))
        {
            var file = File.ReadAllText(Path.Combine(Repository.Root, "src", project, $"{project}.csproj"));
            var references = ProjectReference().Matches(file).Select(match => match.Groups[1].Value).ToArray();

            Assert.All(references, reference => Assert.InRange(Array.IndexOf(Projects, reference), 0, index - 1));
        }
    }

    [Fact]
    public void Folders_UsingLines_PointToLowerFoldersOnly()
    {
        var wrong = new List<string>();
        var checkedLines = 0;
        foreach (var path in Repository.SourceFiles("src/Sluice.Proxy"))
        {
            var folder = Path.GetFileName(Path.GetDirectoryName(path)!);
            var rank = RankOf(folder);
            Assert.True(rank >= 0, $"{Repository.Relative(path)} is in a folder that has no place in the order.");
            foreach (Match match in UsingOfProxy().Matches(File.ReadAllText(path)))
            {
                checkedLines++;
                var used = match.Groups[1].Value;
                if (used != folder && RankOf(used) <= rank)
                {
                    wrong.Add($"{Repository.Relative(path)} uses {used}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.True(checkedLines > 20);
    }

    private static int RankOf(string folder) => Array.FindIndex(Folders, group => group.Contains(folder));

    [GeneratedRegex("""ProjectReference Include="[^"]*/([^/"]+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex("""^using Sluice\.Proxy\.(\w+);""", RegexOptions.Multiline)]
    private static partial Regex UsingOfProxy();
}
