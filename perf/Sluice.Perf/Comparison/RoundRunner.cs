using System.Net;
using Sluice.Perf.Load;
using Sluice.Perf.Upstream;

namespace Sluice.Perf.Comparison;

/// <summary>Runs one scenario on one contender once.</summary>
internal sealed class RoundRunner(ComparePlan plan, IPEndPoint provider)
{
    /// <summary>Load on a server that is up, or on the provider itself when there is no server.</summary>
    public async Task<Sample> LoadAsync(Scenario scenario, ContenderServer? server, CancellationToken cancellation)
    {
        var load = MakePlan(scenario, server?.EndPoint ?? provider, scenario.Reply);
        await using var runner = new LoadRunner(load);
        await runner.WindowStartAsync(cancellation);
        var cpuAtStart = server?.Processes.CpuNs();
        await runner.WindowEndAsync(cancellation);
        var cpuNs = server?.Processes.CpuNs() - cpuAtStart;
        return Sample.Of(await runner.ReportAsync(cancellation), cpuNs);
    }

    /// <summary>Memory of a server that was started for this.</summary>
    public async Task<Sample> MemoryAsync(Scenario scenario, Contender contender, CancellationToken cancellation)
    {
        await using var server = await ContenderServer.StartAsync(contender, provider, plan.Cores, cancellation);
        var reply = scenario.Reply with { Tokens = IdleStreamsCommand.EndlessTokens };
        var load = MakePlan(scenario, server.EndPoint, reply);
        var readings = await IdleStreams.MeasureAsync(
            load, scenario.Streams, server.Processes, plan.Settle, cancellation);
        return new Sample
        {
            [Metric.RestBytes.Key] = readings[0].Memory.ResidentBytes,
            [Metric.RestProportionalBytes.Key] = readings[0].Memory.ProportionalBytes,
            [Metric.StreamBytes.Key] = IdleStreams.BytesPerStream(readings),
        };
    }

    /// <summary>Start-up of a server.</summary>
    public async Task<Sample> StartUpAsync(Contender contender, CancellationToken cancellation)
    {
        await using var server = await ContenderServer.StartAsync(contender, provider, plan.Cores, cancellation);
        return new Sample { [Metric.StartUpMs.Key] = server.StartUp.TotalMilliseconds };
    }

    private LoadPlan MakePlan(Scenario scenario, IPEndPoint endPoint, ReplySettings reply)
    {
        var isStream = reply.Tokens > 0;
        var headers = RequestBytes.HeadersFor(reply);
        var ramp = TimeSpan.FromMilliseconds(scenario.RampMs);
        return new LoadPlan
        {
            EndPoint = endPoint,
            Request = RequestBytes.Make(GatewayPath.On(endPoint), scenario.BodyBytes, isStream, headers),
            Connections = Math.Max(1, scenario.Connections),
            Threads = Math.Clamp(scenario.Connections, 1, plan.LoadThreads),
            Rate = scenario.Rate,
            Ramp = ramp,
            WarmUp = plan.WarmUp + ramp,
            Duration = plan.Window,
            Drain = scenario.Rate > 0 ? TimeSpan.FromSeconds(5) : TimeSpan.Zero,
            ExpectedBytes = isStream ? null : reply.BodyBytes,
            ExpectedEvents = isStream ? reply.Tokens : null,
        };
    }
}
