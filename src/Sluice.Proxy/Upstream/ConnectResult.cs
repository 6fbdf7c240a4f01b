using Microsoft.AspNetCore.Connections;
using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Upstream;

/// <summary>A connection to an upstream, or why there is none. Whoever gets a connection disposes it.</summary>
internal readonly struct ConnectResult
{
    private ConnectResult(ConnectionContext? connection, UpstreamError error)
    {
        Connection = connection;
        Error = error;
    }

    /// <summary>The connection, ready for the first request; null exactly where there is an error.</summary>
    public ConnectionContext? Connection { get; }

    /// <summary>What failed; <see cref="UpstreamError.None"/> for nothing.</summary>
    public UpstreamError Error { get; }

    /// <summary>A connection was made.</summary>
    public static ConnectResult Of(ConnectionContext connection) => new(connection, UpstreamError.None);

    /// <summary>No connection was made.</summary>
    public static ConnectResult Failed(UpstreamError error) => new(null, error);
}
