using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Perf.Upstream;

namespace Sluice.Perf.Comparison;

/// <summary>One piece of work that every contender gets, read from <c>Scenarios/*.json</c>.</summary>
internal sealed record Scenario
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required ScenarioKind Kind { get; init; }

    public int Connections { get; init; }

    /// <summary>Requests a second on a schedule; 0 for as many as possible.</summary>
    public double Rate { get; init; }

    public int BodyBytes { get; init; }

    public int ReplyBytes { get; init; }

    public int Tokens { get; init; }

    public double TtftMs { get; init; }

    public double DelayMs { get; init; }

    public int EventBytes { get; init; }

    public double RampMs { get; init; }

    /// <summary>Numbers of streams held open, rising.</summary>
    public IReadOnlyList<int> Streams { get; init; } = [];

    [JsonIgnore]
    public ReplySettings Reply => new(TtftMs, DelayMs, Tokens, EventBytes, ReplyBytes);

    /// <summary>All scenarios, in the order of their file names.</summary>
    public static IReadOnlyList<Scenario> LoadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var names = assembly.GetManifestResourceNames().Where(n => n.EndsWith(".json", StringComparison.Ordinal));
        return [.. names.Order(StringComparer.Ordinal).Select(name =>
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            return JsonSerializer.Deserialize<Scenario>(stream, Format)!;
        })];
    }

    /// <summary>
    /// For a check that it runs: with a tenth of the streams, where they are many, and as many events in all.
    /// </summary>
    public Scenario Smaller() => Connections < 1000 && Streams.Count == 0 ? this : this with
    {
        Connections = Connections / 10,
        DelayMs = DelayMs / 10,
        RampMs = RampMs / 10,
        Streams = [.. Streams.Select(n => n / 10)],
    };
}
