using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Proxy.Tests.Upstream;

/// <summary>A connection in memory. A test holds its other end and sees when it is disposed.</summary>
internal sealed class ScriptedConnection : ConnectionContext, IDuplexPipe
{
    private readonly Pipe _toPeer = new();

    // Whoever waits for bytes gets them before the write returns, so that a test decides how they are split.
    private readonly Pipe _fromPeer =
        new(new PipeOptions(readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedConnection() => Transport = this;

    public PipeReader Input => _fromPeer.Reader;

    public PipeWriter Output => _toPeer.Writer;

    /// <summary>What the connection's user wrote.</summary>
    public PipeReader Sent => _toPeer.Reader;

    /// <summary>What the connection's user will read.</summary>
    public PipeWriter Received => _fromPeer.Writer;

    public Task Disposed => _disposed.Task;

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId { get; set; } = "scripted";

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        return base.DisposeAsync();
    }
}
