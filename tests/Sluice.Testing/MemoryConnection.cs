using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Testing;

/// <summary>
/// A connection without a socket, as the gateway gets it from a connection factory. The test is its other end and knows
/// at any moment what the gateway has looked at, which no socket tells.
/// </summary>
public sealed class MemoryConnection : ConnectionContext, IDuplexPipe
{
    private readonly Pipe _toGateway;
    private readonly Pipe _fromGateway;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isClosed;

    /// <param name="outputBytesMax">Bytes that the gateway may write before its flush has to wait.</param>
    public MemoryConnection(int outputBytesMax = 64 * 1024)
    {
        // A flush towards the gateway ends only when the gateway has looked at every byte.
        _toGateway = new Pipe(Options(1));
        _fromGateway = new Pipe(Options(outputBytesMax));
        Transport = this;
    }

    /// <summary>Ends when the gateway has disposed or aborted its side.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Whether the gateway aborted its side.</summary>
    public bool WasAborted { get; private set; }

    /// <summary>What the gateway has written.</summary>
    public PipeReader Received => _fromGateway.Reader;

    /// <inheritdoc/>
    public PipeReader Input => _toGateway.Reader;

    /// <inheritdoc/>
    public PipeWriter Output => _fromGateway.Writer;

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; } = "memory";

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    /// <summary>Sends text, and waits until the gateway has looked at all of it.</summary>
    public async Task SendAsync(string text) => await _toGateway.Writer.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Ends the direction towards the gateway.</summary>
    /// <param name="error">What the gateway's reads fail with; null for a proper end.</param>
    public void EndSending(Exception? error = null) => _toGateway.Writer.Complete(error);

    /// <summary>Takes no more bytes: the gateway's flushes say that nobody reads any more.</summary>
    public void EndReceiving() => _fromGateway.Reader.Complete();

    /// <summary>Reads what the gateway writes up to and including a text.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        while (true)
        {
            var read = await _fromGateway.Reader.ReadAsync();
            var text = Encoding.Latin1.GetString(read.Buffer);
            var found = text.IndexOf(end, StringComparison.Ordinal);
            if (found >= 0)
            {
                var length = found + end.Length;
                _fromGateway.Reader.AdvanceTo(read.Buffer.GetPosition(length));
                return text[..length];
            }

            _fromGateway.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                throw new IOException($"The gateway ended the connection after: {text}");
            }
        }
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        WasAborted = true;
        Close();
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Close();
        return base.DisposeAsync();
    }

    private static PipeOptions Options(int bytesMax) => new(
        pauseWriterThreshold: bytesMax, resumeWriterThreshold: bytesMax, useSynchronizationContext: false);

    // As with a socket, whoever of the gateway still reads or writes fails.
    private void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _toGateway.Writer.Complete(new IOException("The connection is closed."));
            _fromGateway.Reader.Complete();
            _closed.SetResult();
        }
    }
}
