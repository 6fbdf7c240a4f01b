using System.Net;
using Sluice.Perf.CommandLine;
using Sluice.Perf.Sockets;

namespace Sluice.Perf.Load;

/// <summary>The options that say where requests go.</summary>
internal static class TargetOptions
{
    private const string Url = "--url";
    private const string Header = "--header";
    private const string BodyBytes = "--body-bytes";
    private const string Threads = "--threads";

    public static IReadOnlyList<Option> All { get; } =
    [
        new(Url, "URL", "Where to send requests; a loopback address.", "http://127.0.0.1:9000/v1/messages"),
        new(Header, "'NAME: VALUE'", "A header to add; may be given several times."),
        new(BodyBytes, "N", "Size of the request body; 0 sends GET.", "1024"),
        new(Threads, "N", "Threads of the load generator.", "1"),
    ];

    /// <summary>The target, checked to be on this machine.</summary>
    public static (Uri Target, IPEndPoint EndPoint) ReadTarget(Arguments arguments)
    {
        var url = arguments.Required(Url);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var target) || target.Scheme != Uri.UriSchemeHttp)
        {
            throw new UsageException($"'{url}' is not a plain HTTP address. Write it as http://127.0.0.1:9000/path.");
        }

        return (target, LoopbackAddress.Resolve(target.Host, target.Port));
    }

    public static IReadOnlyList<string> ReadHeaders(Arguments arguments) => arguments.All(Header);

    public static int ReadBodyBytes(Arguments arguments) => arguments.Whole(BodyBytes, 0);

    public static int ReadThreads(Arguments arguments) => arguments.Whole(Threads, 1);
}
