using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Sluice.Transport.Sockets;

namespace Sluice.Proxy.Tests.Upstream;

/// <summary>Real sockets, each of which is remembered, so that a test can see that none was left open.</summary>
internal sealed class TrackingConnectionFactory : IConnectionFactory
{
    private readonly SocketConnectionFactory _sockets = new();
    private readonly ConcurrentQueue<ConnectionContext> _opened = new();

    public int OpenedCount => _opened.Count;

    public async ValueTask<ConnectionContext> ConnectAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var connection = await _sockets.ConnectAsync(endpoint, cancellationToken);
        _opened.Enqueue(connection);
        return connection;
    }

    public void AssertAllClosed(int opened)
    {
        Assert.Equal(opened, _opened.Count);
        Assert.All(_opened, c => Assert.True(c.ConnectionClosed.IsCancellationRequested, "A socket was left open."));
    }
}
