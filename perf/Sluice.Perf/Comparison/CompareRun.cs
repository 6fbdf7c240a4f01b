using System.Net;
using Sluice.Perf.CommandLine;
using Sluice.Perf.Measuring;
using Sluice.Perf.Upstream;

namespace Sluice.Perf.Comparison;

/// <summary>
/// Runs scenarios on all contenders, interleaved: each round goes once through all of them, so that what changes on
/// the machine with time meets each alike. Servers under load stay up over all rounds; each first meets a round that
/// does not count.
/// </summary>
internal sealed class CompareRun : IAsyncDisposable
{
    /// <summary>The row without a contender: the load talks to the provider double itself.</summary>
    public const string DirectName = "direct";

    private readonly ComparePlan _plan;
    private readonly IReadOnlyList<Contender> _contenders;
    private readonly ProviderServer _provider;
    private readonly RoundRunner _runner;
    private readonly Dictionary<string, ContenderServer> _servers = [];

    public CompareRun(ComparePlan plan, IReadOnlyList<Contender> contenders)
    {
        _plan = plan;
        _contenders = contenders;
        _provider = new ProviderServer(new IPEndPoint(IPAddress.Loopback, 0), plan.LoadThreads, ReplySettings.Default);
        _runner = new RoundRunner(plan, _provider.EndPoint);
    }

    /// <summary>Runs one scenario until enough rounds were quiet, or as many were run as may be.</summary>
    public async Task<ScenarioResult> RunAsync(Scenario scenario, CancellationToken cancellation)
    {
        if (scenario.Kind == ScenarioKind.Load)
        {
            await StartServersAsync(cancellation);
            if (_plan.Rounds > 1)
            {
                Console.Error.WriteLine($"{scenario.Name}: round to warm up");
                _ = await RunRoundAsync(scenario, cancellation);
            }
        }

        var rounds = new List<Round>();
        while (rounds.Count(IsQuiet) < _plan.Rounds && rounds.Count < _plan.RoundsMax)
        {
            var round = await RunRoundAsync(scenario, cancellation);
            rounds.Add(round);
            Console.Error.WriteLine($"{scenario.Name}: round {rounds.Count}, other load {round.OtherLoadPercent:N0} %");
        }

        var kept = rounds.OrderBy(r => r.OtherLoadPercent).Take(_plan.Rounds).ToList();
        return new ScenarioResult(scenario, kept, rounds.Count, kept.Count(r => !IsQuiet(r)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }

        _provider.Dispose();
    }

    private bool IsQuiet(Round round) => round.OtherLoadPercent <= _plan.DisturbedAbovePercent;

    private async Task StartServersAsync(CancellationToken cancellation)
    {
        foreach (var contender in _contenders.Where(c => !_servers.ContainsKey(c.Name)))
        {
            _servers[contender.Name] = await ContenderServer.StartAsync(
                contender, _provider.EndPoint, _plan.Cores, cancellation);
        }
    }

    private async Task<Round> RunRoundAsync(Scenario scenario, CancellationToken cancellation)
    {
        var samples = new Dictionary<string, Sample>();
        if (scenario.Kind == ScenarioKind.Load)
        {
            samples[DirectName] = await WatchedAsync(() => _runner.LoadAsync(scenario, null, cancellation));
        }

        foreach (var contender in _contenders)
        {
            var sample = await WatchedAsync(() => scenario.Kind switch
            {
                ScenarioKind.Load => LoadAsync(scenario, contender, cancellation),
                ScenarioKind.Memory => _runner.MemoryAsync(scenario, contender, cancellation),
                _ => _runner.StartUpAsync(contender, cancellation),
            });
            if (samples.TryGetValue(DirectName, out var direct))
            {
                sample.AddDifferences(direct);
            }

            samples[contender.Name] = sample;
        }

        return new Round(samples);
    }

    private static async Task<Sample> WatchedAsync(Func<Task<Sample>> measureAsync)
    {
        var foreign = new ForeignLoad();
        var sample = await measureAsync();
        sample[Metric.OtherLoad.Key] = 100 * foreign.Share();
        return sample;
    }

    private async Task<Sample> LoadAsync(Scenario scenario, Contender contender, CancellationToken cancellation)
    {
        var server = _servers[contender.Name];
        var sample = await _runner.LoadAsync(scenario, server, cancellation);
        return server.Processes.IsAlive
            ? sample
            : throw new UsageException(
                $"{contender.Name} ended while it was under load in scenario '{scenario.Name}'.");
    }
}
