namespace Sluice.Perf.Comparison;

/// <summary>One figure of a sample.</summary>
/// <param name="Key">Its name in the JSON file, unit last.</param>
/// <param name="Title">Its column on the console.</param>
/// <param name="Format">How it is written there.</param>
/// <param name="Scale">What it is divided by there.</param>
/// <param name="HasRatio">Whether it is set against HAProxy's.</param>
internal sealed record Metric(string Key, string Title, string Format, double Scale = 1, bool HasRatio = false)
{
    public const string AddedPrefix = "added_";

    public static readonly Metric RequestsPerSecond = new("requests_per_second", "req/s", "N0", HasRatio: true);
    public static readonly Metric CpuPerRequest = new("cpu_us_per_request", "CPU us/req", "N1", HasRatio: true);
    public static readonly Metric EventsPerSecond = new("events_per_second", "events/s", "N0");
    public static readonly Metric CpuPerEvent = new("cpu_us_per_event", "CPU us/event", "N1", HasRatio: true);
    public static readonly Metric ChunksKept = new("chunks_kept_percent", "chunks 1:1 %", "N1");
    public static readonly Metric OtherLoad = new("other_load_percent", "other load %", "N0");
    public static readonly Metric Errors = new("errors", "errors", "N0");
    public static readonly Metric RestBytes = new("rest_bytes", "at rest MB", "N1", 1e6, HasRatio: true);
    public static readonly Metric RestProportionalBytes = new("rest_proportional_bytes", "PSS MB", "N1", 1e6);
    public static readonly Metric StreamBytes = new("bytes_per_stream", "KB/stream", "N1", 1024, HasRatio: true);
    public static readonly Metric StartUpMs = new("start_up_ms", "start-up ms", "N0", HasRatio: true);

    private static readonly (string Name, string Title)[] Times =
        [("exchange", "latency"), ("ttft", "TTFT"), ("gap", "gap")];
    private static readonly (string Key, string Title)[] Percentiles =
        [("p50", "p50"), ("p99", "p99"), ("p99_9", "p99.9")];

    /// <summary>All figures, in the order of their columns.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        RequestsPerSecond, CpuPerRequest, EventsPerSecond, CpuPerEvent,
        .. from time in Times
           from percentile in Percentiles
           select new Metric(
               AddedPrefix + Percentile(time.Name, percentile.Key),
               $"+{time.Title} {percentile.Title} us",
               "N0",
               HasRatio: true),
        ChunksKept, RestBytes, RestProportionalBytes, StreamBytes, StartUpMs, OtherLoad, Errors,
    ];

    /// <summary>The key of a percentile of a duration.</summary>
    public static string Percentile(string name, string percentile) => $"{name}_{percentile}_us";
}
