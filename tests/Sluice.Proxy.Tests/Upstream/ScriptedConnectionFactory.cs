using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Proxy.Tests.Upstream;

/// <summary>
/// A factory whose attempts end when and how a test says. It ignores cancellation, as a slow transport may.
/// </summary>
internal sealed class ScriptedConnectionFactory : IConnectionFactory
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _started = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<ConnectionContext>> _attempts = new();

    /// <summary>The addresses in the order in which they were tried.</summary>
    public ConcurrentQueue<string> Tried { get; } = new();

    public async ValueTask<ConnectionContext> ConnectAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var address = ((IPEndPoint)endpoint).Address.ToString();
        Tried.Enqueue(address);
        Started(address).TrySetResult();
        return await Attempt(address).Task;
    }

    /// <summary>Completes when the address is tried.</summary>
    public Task TriedAsync(string address) => Started(address).Task;

    public void Succeed(string address, ConnectionContext connection) => Attempt(address).SetResult(connection);

    public void Fail(string address, Exception exception) => Attempt(address).SetException(exception);

    private TaskCompletionSource Started(string address) =>
        _started.GetOrAdd(address, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private TaskCompletionSource<ConnectionContext> Attempt(string address) =>
        _attempts.GetOrAdd(address, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
