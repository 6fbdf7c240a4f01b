using Sluice.Fuzz;

namespace Sluice.Http.Tests;

/// <summary>One case of <c>Conformance/*.md</c>.</summary>
/// <param name="Name">File and heading.</param>
/// <param name="Kind">What the bytes are: the language of the fenced block.</param>
/// <param name="Input">The bytes.</param>
/// <param name="Expected">The outcome.</param>
internal sealed record ConformanceCase(string Name, string Kind, byte[] Input, string Expected)
{
    private const string Fence = "```";
    private const string Label = "Expected: ";

    /// <summary>All cases by name.</summary>
    public static IReadOnlyDictionary<string, ConformanceCase> All { get; } =
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Conformance"), "*.md")
            .Order(StringComparer.Ordinal)
            .SelectMany(ReadFile)
            .ToDictionary(c => c.Name);

    /// <summary>Sends the bytes, cut at the given offsets, the way of their kind.</summary>
    public Forwarded Run(byte[] input, int[] cuts) => Kind switch
    {
        "request" => Forwarder.Request(input, cuts),
        "response" => Forwarder.Response(input, cuts),
        "response-to-head" => Forwarder.Response(input, cuts, toHead: true),
        "chunked" => Forwarder.Chunked(input, cuts),
        _ => throw new FormatException($"{Name}: unknown kind {Kind}."),
    };

    private static IEnumerable<ConformanceCase> ReadFile(string path)
    {
        var file = Path.GetFileNameWithoutExtension(path);
        foreach (var section in File.ReadAllText(path).Split("\n## ").Skip(1))
        {
            var lines = section.Split('\n');
            var open = Array.FindIndex(lines, line => line.StartsWith(Fence, StringComparison.Ordinal));
            var close = Array.IndexOf(lines, Fence, open + 1);
            var expected = Array.Find(lines, line => line.StartsWith(Label, StringComparison.Ordinal));
            if (open < 0 || close < 0 || expected is null)
            {
                throw new FormatException($"{file}: {lines[0]} has no bytes or no outcome.");
            }

            yield return new ConformanceCase(
                $"{file}: {lines[0]}",
                lines[open][Fence.Length..],
                Escaped.Read(string.Concat(lines[(open + 1)..close])),
                expected[Label.Length..].Trim('`'));
        }
    }
}
