using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Testing;

/// <summary>A connection factory whose connections a test made, or that fails as a test wants.</summary>
/// <param name="connect">Is called for each connection with its number from 1.</param>
public sealed class MemoryConnections(Func<int, CancellationToken, ValueTask<ConnectionContext>> connect)
    : IConnectionFactory
{
    private readonly Channel<MemoryConnection> _opened = Channel.CreateUnbounded<MemoryConnection>();
    private readonly ConcurrentQueue<MemoryConnection> _all = new();
    private int _count;

    /// <summary>Connections that always come about.</summary>
    public MemoryConnections()
        : this(static (_, _) => new(new MemoryConnection()))
    {
    }

    /// <summary>How many connections were asked for.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>All connections that came about.</summary>
    public IReadOnlyCollection<MemoryConnection> All => _all;

    /// <summary>The next connection that the gateway has opened.</summary>
    public Task<MemoryConnection> NextAsync() => _opened.Reader.ReadAsync().AsTask().OrHang();

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext> ConnectAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var connection = await connect(Interlocked.Increment(ref _count), cancellationToken);
        if (connection is MemoryConnection memory)
        {
            _all.Enqueue(memory);
            _opened.Writer.TryWrite(memory);
        }

        return connection;
    }
}
