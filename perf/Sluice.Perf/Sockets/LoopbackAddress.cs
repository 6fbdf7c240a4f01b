using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sluice.Perf.CommandLine;

namespace Sluice.Perf.Sockets;

/// <summary>Keeps load off other people's machines: only addresses of this one are accepted.</summary>
internal static class LoopbackAddress
{
    /// <summary>
    /// The address of a host and port; throws <see cref="UsageException"/> unless it is a loopback address.
    /// </summary>
    public static IPEndPoint Resolve(string host, int port)
    {
        var bare = host.Trim('[', ']');
        var address = bare == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(bare, out var parsed) ? parsed
            : null;
        if (address is null || !IPAddress.IsLoopback(address))
        {
            throw new UsageException(
                $"'{host}' is not a loopback address. This program loads or serves the machine it runs on only: " +
                "use 127.0.0.1, [::1] or localhost.");
        }

        return new IPEndPoint(address, port);
    }

    /// <summary>Parses <c>HOST:PORT</c>.</summary>
    public static IPEndPoint Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var port))
        {
            throw new UsageException(
                $"'{text}' is not an address. Write it as 127.0.0.1:9000; port 0 takes a free one.");
        }

        return Resolve(text[..colon], port);
    }

    /// <summary>A port that nothing listens on now.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
