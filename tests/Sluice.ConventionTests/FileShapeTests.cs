namespace Sluice.ConventionTests;

/// <summary>Files stay small enough to have one job.</summary>
public sealed class FileShapeTests
{
    private const int LinesMax = 400;
    private const int LineLengthMax = 120;

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("bench")]
    [InlineData("perf")]
    public void Files_Lines_StayBelowTheLimit(string folder)
    {
        var long_ = Repository.SourceFiles(folder)
            .Select(path => (Path: Repository.Relative(path), Lines: File.ReadAllLines(path).Length))
            .Where(file => file.Lines > LinesMax)
            .ToArray();

        Assert.Empty(long_);
    }

    [Fact]
    public void Files_LineLength_StaysReadable()
    {
        var wide = Repository.SourceFiles("src")
            .SelectMany(path => File.ReadLines(path).Select((line, index) => (Path: path, Line: line, Number: index + 1)))
            .Where(line => line.Line.Length > LineLengthMax && !line.Line.Contains('"', StringComparison.Ordinal))
            .Select(line => $"{Repository.Relative(line.Path)}:{line.Number}")
            .ToArray();

        Assert.Empty(wide);
    }

    [Fact]
    public void Files_OneTopLevelTypePerFile_IsNamedAsTheFile()
    {
        var wrong = Repository.SourceFiles("src")
            .Where(path => !File.ReadAllText(path).Contains(
                Path.GetFileNameWithoutExtension(path).Split('.')[0], StringComparison.Ordinal))
            .Select(Repository.Relative)
            .ToArray();

        Assert.Empty(wrong);
    }
}
