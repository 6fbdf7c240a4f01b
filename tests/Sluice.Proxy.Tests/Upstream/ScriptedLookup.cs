using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Sluice.Proxy.Tests.Upstream;

/// <summary>A name server whose answers a test gives one by one.</summary>
internal sealed class ScriptedLookup
{
    private readonly ConcurrentQueue<TaskCompletionSource<IPAddress[]>> _answers = new();
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();
    private int _asked;

    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The names that were looked up, to wait for.</summary>
    public ChannelReader<string> Calls => _calls.Reader;

    public Task<IPAddress[]> LookUpAsync(string host)
    {
        Interlocked.Increment(ref _asked);
        _calls.Writer.TryWrite(host);
        return _answers.TryDequeue(out var answer)
            ? answer.Task
            : throw new InvalidOperationException($"{host} was looked up once more than expected.");
    }

    /// <summary>The next look-up gives these.</summary>
    public ScriptedLookup Then(params string[] addresses)
    {
        Later().SetResult([.. addresses.Select(IPAddress.Parse)]);
        return this;
    }

    /// <summary>The next look-up fails.</summary>
    public ScriptedLookup ThenFails(SocketError error)
    {
        Later().SetException(new SocketException((int)error));
        return this;
    }

    /// <summary>The next look-up ends when the test says.</summary>
    public TaskCompletionSource<IPAddress[]> Later()
    {
        var answer = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers.Enqueue(answer);
        return answer;
    }
}
