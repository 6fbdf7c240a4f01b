using System.Globalization;
using Sluice.Perf.Measuring;

namespace Sluice.Perf.Load;

/// <summary>The result of a load run.</summary>
internal sealed record LoadReport(LoadTally Tally, double Seconds)
{
    public double RequestsPerSecond => Tally.Requests / Seconds;

    public double EventsPerSecond => Tally.ContentEvents / Seconds;

    /// <summary>Share of the chunks that held exactly one event; null when no stream was read.</summary>
    public double? ChunksKept => Tally.Chunks > 0 ? (double)Tally.ChunksOfOneEvent / Tally.Chunks : null;

    /// <summary>Writes the result for reading.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine(Line("requests", $"{Tally.Requests:N0} in {Seconds:F2} s, {RequestsPerSecond:N0}/s"));
        output.WriteLine(Line("body bytes", $"{Tally.BodyBytes:N0}, {Tally.BodyBytes / Seconds / 1e6:N1} MB/s"));
        WriteTimes(output, "exchange", Tally.Exchange);
        if (Tally.Events > 0)
        {
            output.WriteLine(Line("events", $"{Tally.Events:N0}, content {EventsPerSecond:N0}/s"));
            output.WriteLine(Line("chunks", $"{Tally.Chunks:N0}, of one event each {ChunksKept:P2}"));
            WriteTimes(output, "ttft", Tally.Ttft);
            WriteTimes(output, "gap", Tally.Gap);
        }

        var kinds = string.Join(", ", Tally.ErrorsByKind().Select(e => $"{e.Key} {e.Value}"));
        output.WriteLine(Line("errors", $"{Tally.Errors:N0}{(kinds.Length > 0 ? $" ({kinds})" : "")}"));
        output.WriteLine(Line("reconnects", $"{Tally.Reconnects:N0}"));
        output.WriteLine(Line("unfinished", $"{Tally.Unfinished:N0}"));
    }

    /// <summary>The result for a JSON file; durations in microseconds.</summary>
    public object ToJson() => new
    {
        seconds = Seconds,
        requests = Tally.Requests,
        requests_per_second = RequestsPerSecond,
        body_bytes = Tally.BodyBytes,
        events = Tally.Events,
        content_events = Tally.ContentEvents,
        content_events_per_second = EventsPerSecond,
        chunks = Tally.Chunks,
        chunks_of_one_event = Tally.ChunksOfOneEvent,
        errors = Tally.ErrorsByKind(),
        reconnects = Tally.Reconnects,
        unfinished = Tally.Unfinished,
        exchange_us = Times(Tally.Exchange),
        ttft_us = Times(Tally.Ttft),
        gap_us = Times(Tally.Gap),
    };

    private static object Times(LatencyHistogram histogram) => new
    {
        count = histogram.Count,
        p50 = histogram.PercentileNs(50) / 1e3,
        p90 = histogram.PercentileNs(90) / 1e3,
        p99 = histogram.PercentileNs(99) / 1e3,
        p99_9 = histogram.PercentileNs(99.9) / 1e3,
        max = histogram.MaxNs / 1e3,
    };

    private static void WriteTimes(TextWriter output, string name, LatencyHistogram histogram)
    {
        string Us(double percent) =>
            (histogram.PercentileNs(percent) / 1e3).ToString("N0", CultureInfo.InvariantCulture);

        output.WriteLine(Line(
            name,
            $"p50 {Us(50)}  p90 {Us(90)}  p99 {Us(99)}  p99.9 {Us(99.9)}  max {Us(100)} us, of {histogram.Count:N0}"));
    }

    private static string Line(string name, FormattableString value) =>
        $"{name,-12}{value.ToString(CultureInfo.InvariantCulture)}";
}
