using System.Globalization;
using System.Net;
using Sluice.Perf.Sockets;

namespace Sluice.Perf.Comparison;

/// <summary>
/// HAProxy in HTTP mode, one thread a core, upstream connections kept and shared. <c>http-no-delay</c> is what anyone
/// who streams tokens through it has to set: without it events are held back, by a hundred milliseconds and more.
/// </summary>
internal sealed class HaproxyContender(string program) : Contender
{
    public const string ContenderName = "haproxy";

    public override string Name => ContenderName;

    public override string Version { get; } = Executables.FirstLine(program, "-v");

    public override LaunchPlan Prepare(string folder, IPEndPoint provider, int cores)
    {
        var port = LoopbackAddress.FreePort();
        var config = Path.Combine(folder, "haproxy.cfg");
        File.WriteAllText(config, string.Create(CultureInfo.InvariantCulture, $"""
            global
              nbthread {cores}
              maxconn 9000

            defaults
              mode http
              option http-keep-alive
              option http-no-delay
              http-reuse always
              timeout connect 10s
              timeout client 1h
              timeout server 1h
              timeout http-keep-alive 1h

            frontend clients
              bind 127.0.0.1:{port}
              default_backend provider

            backend provider
              server provider {provider} pool-max-conn -1 pool-purge-delay 1h

            """));
        return new LaunchPlan(program, ["-db", "-f", config], port, new Dictionary<string, string>());
    }
}
