using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Sluice.Configuration;

namespace Sluice.Server.Hosting;

/// <summary>Puts a listen address onto a Kestrel server, and explains why that failed.</summary>
internal static class ListenerSetup
{
    // What waits to be accepted: agents open their connections in bursts. The kernel caps it at net.core.somaxconn.
    private const int Backlog = 4096;

    private const int KeepAliveSeconds = 60;
    private const int KeepAliveIntervalSeconds = 15;

    /// <summary>Sets up sockets for connections that are served where their bytes arrive.</summary>
    public static void Configure(SocketTransportOptions options)
    {
        options.UnsafePreferInlineScheduling = true;
        options.NoDelay = true;
        options.Backlog = Backlog;

        // Accepted sockets inherit these. A client that vanished without a word is noticed, and stops burning tokens.
        options.CreateBoundListenSocket = static endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(
                SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
            return socket;
        };
    }

    /// <summary>Adds a listener.</summary>
    /// <param name="server">The server's options.</param>
    /// <param name="address">Where to listen.</param>
    /// <param name="certificate">The certificate, for an encrypted one.</param>
    /// <param name="configure">Adds what serves its connections.</param>
    /// <returns>The listener; once the server has started it knows its port.</returns>
    public static ListenOptions Add(
        KestrelServerOptions server,
        ListenAddress address,
        ServerCertificate? certificate,
        Action<ListenOptions> configure)
    {
        ListenOptions? added = null;
        if (address.IsLocalhost)
        {
            server.ListenLocalhost(address.Port, Setup);
        }
        else if (address.Address is null)
        {
            server.ListenAnyIP(address.Port, Setup);
        }
        else
        {
            server.Listen(address.Address, address.Port, Setup);
        }

        return added!;

        void Setup(ListenOptions listener)
        {
            if (address.IsTls)
            {
                listener.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = certificate!.Certificate,
                    ServerCertificateChain = certificate.Chain,
                });
            }

            configure(listener);
            added = listener;
        }
    }

    /// <summary>What an address became once its server had started.</summary>
    public static Endpoint ToEndpoint(ListenAddress address, ListenOptions listener) =>
        new(address, listener.IPEndPoint is { Port: > 0 } bound ? bound.Port : address.Port);

    /// <summary>Whether an exception means that listening failed.</summary>
    public static bool IsListenFault(Exception exception) => exception is IOException or SocketException;

    /// <summary>Says in one line why a listener could not be opened.</summary>
    /// <param name="setting">The setting that asks for it.</param>
    /// <param name="place">The address.</param>
    /// <param name="exception">What was caught.</param>
    public static StartupException Explain(string setting, string place, Exception exception)
    {
        var reason = FindSocketError(exception) switch
        {
            SocketError.AddressAlreadyInUse =>
                $"another program has the port. Stop that program, or set {setting} to another port.",
            SocketError.AccessDenied =>
                $"this user may not take the port. Set {setting} to a port from 1024 on, or grant the process "
                + "CAP_NET_BIND_SERVICE.",
            SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported =>
                $"this machine has no such address. Set {setting} to one that it has, or to * for all.",
            _ => exception.Message.ReplaceLineEndings(" "),
        };
        return new StartupException($"cannot listen on {place}: {reason}", exception);
    }

    private static SocketError? FindSocketError(Exception? exception) => exception switch
    {
        null => null,
        SocketException socket => socket.SocketErrorCode,
        AggregateException several =>
            several.InnerExceptions.Select(FindSocketError).FirstOrDefault(error => error is not null),
        _ => FindSocketError(exception.InnerException),
    };
}
