using System.Diagnostics;
using System.Globalization;
using System.Net;
using Sluice.Perf.Measuring;
using Sluice.Perf.Sockets;

namespace Sluice.Perf.Comparison;

/// <summary>Sluice as it is run from the command line, with one provider that points at the double.</summary>
/// <param name="path">The built <c>sluice.dll</c> or executable.</param>
/// <param name="collectsLogs">Whether each exchange is logged, with its bodies and usage, or forwarded only.</param>
internal sealed class SluiceContender(string path, bool collectsLogs) : Contender
{
    public const string PlainName = "sluice";
    public const string LoggingName = "sluice+log";

    public override string Name => collectsLogs ? LoggingName : PlainName;

    public override string Version { get; } =
        (FileVersionInfo.GetVersionInfo(VersionedFile(path)).ProductVersion ?? "of unknown version") +
        (collectsLogs ? ", logs on" : ", logs off");

    public override LaunchPlan Prepare(string folder, IPEndPoint provider, int cores)
    {
        var port = LoopbackAddress.FreePort();
        var config = Path.Combine(folder, "sluice.json");
        JsonFile.Write(config, new
        {
            listen = new[] { Url(port) },
            admin = Url(LoopbackAddress.FreePort()),
            data = Path.Combine(folder, "data"),
            providers = new { anthropic = new { base_url = $"http://{provider}" } },
            gateways = new[] { new { account_id = "local", id = "default", collect_logs = collectsLogs } },
        });

        var isAssembly = path.EndsWith(".dll", StringComparison.Ordinal);
        string[] arguments = ["run", "--config", config];
        var environment = new Dictionary<string, string>();
        if (cores < Environment.ProcessorCount)
        {
            environment["DOTNET_PROCESSOR_COUNT"] = cores.ToString("x", CultureInfo.InvariantCulture);
        }

        return isAssembly
            ? new LaunchPlan("dotnet", [path, .. arguments], port, environment)
            : new LaunchPlan(path, arguments, port, environment);
    }

    // An executable carries no version on Linux; the assembly that it starts does.
    private static string VersionedFile(string path) => File.Exists(path + ".dll") ? path + ".dll" : path;

    private static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
}
