using System.Buffers;
using System.IO.Pipelines;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class DuplexPipeStreamTests : IAsyncDisposable
{
    private readonly ScriptedConnection _connection = new();
    private readonly DuplexPipeStream _stream;

    public DuplexPipeStreamTests() => _stream = new(_connection.Transport);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _stream.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_ZeroBytes_WaitsForDataAndTakesNone()
    {
        var wait = _stream.ReadAsync(Memory<byte>.Empty, Token).AsTask();
        Assert.False(wait.IsCompleted);

        await _connection.Received.WriteAsync("ab"u8.ToArray(), Token);

        Assert.Equal(0, await wait);
        Assert.Equal(0, await _stream.ReadAsync(Memory<byte>.Empty, Token));
        var buffer = new byte[8];
        Assert.Equal(2, await _stream.ReadAsync(buffer, Token));
        Assert.Equal("ab"u8, buffer.AsSpan(0, 2));
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_BufferSmallerThanData_LeavesTheRest()
    {
        await _connection.Received.WriteAsync("abc"u8.ToArray(), Token);
        var buffer = new byte[2];

        Assert.Equal(2, await _stream.ReadAsync(buffer, Token));
        Assert.Equal("ab"u8, buffer);
        Assert.Equal(1, await _stream.ReadAsync(buffer, Token));
        Assert.Equal((byte)'c', buffer[0]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_TransportWakesWithoutData_IsNotTheEnd()
    {
        using var stream = new DuplexPipeStream(new Pair(new WakefulReader(), PipeWriter.Create(Stream.Null)));
        var buffer = new byte[8];

        Assert.Equal(1, await stream.ReadAsync(buffer, Token));
        Assert.Equal((byte)'a', buffer[0]);
        Assert.Equal(0, await stream.ReadAsync(buffer, Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_PeerCompleted_IsTheEndAfterTheData()
    {
        await _connection.Received.WriteAsync("a"u8.ToArray(), Token);
        await _connection.Received.CompleteAsync();
        var buffer = new byte[8];

        Assert.Equal(1, await _stream.ReadAsync(buffer, Token));
        Assert.Equal(0, await _stream.ReadAsync(buffer, Token));
        Assert.Equal(0, await _stream.ReadAsync(Memory<byte>.Empty, Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var read = _stream.ReadAsync(new byte[1], cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact(Timeout = 30_000)]
    public async Task Write_IsFlushed()
    {
        await _stream.WriteAsync("ab"u8.ToArray(), Token);

        Assert.True(_connection.Sent.TryRead(out var sent));
        Assert.Equal(2, sent.Buffer.Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task Write_PeerCompleted_Throws()
    {
        await _connection.Sent.CompleteAsync();

        await Assert.ThrowsAsync<IOException>(() => _stream.WriteAsync("ab"u8.ToArray(), Token).AsTask());
    }

    [Fact]
    public void SynchronousMethods_AreNotSupported()
    {
        Assert.Throws<NotSupportedException>(() => _stream.ReadExactly(new byte[1]));
        Assert.Throws<NotSupportedException>(() => _stream.Write(new byte[1]));
        Assert.Throws<NotSupportedException>(() => _stream.Seek(0, SeekOrigin.Begin));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_ThatWaited_GoesOnWhereItIsTold(bool inThreadPool)
    {
        var pipe = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        var stream = new DuplexPipeStream(new Pair(pipe.Reader, PipeWriter.Create(Stream.Null)))
        {
            ContinuesInThreadPool = inThreadPool,
        };
        var read = ReadThenTellThreadAsync(stream);

        var eventLoop = new Thread(() => pipe.Writer.WriteAsync(new byte[1]).AsTask().GetAwaiter().GetResult());
        eventLoop.Start();

        // Joined first: what follows the read may otherwise run on the thread that it waits for.
        eventLoop.Join();
        Assert.Equal(inThreadPool, await read);
    }

    private static async Task<bool> ReadThenTellThreadAsync(DuplexPipeStream stream)
    {
        await stream.ReadAsync(new byte[1], CancellationToken.None).ConfigureAwait(false);
        return Thread.CurrentThread.IsThreadPoolThread;
    }

    private sealed record Pair(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Gives an empty result twice, then a byte, then the end.</summary>
    private sealed class WakefulReader : PipeReader
    {
        private int _reads;

        public override bool TryRead(out ReadResult result)
        {
            var data = ++_reads == 3 ? new ReadOnlySequence<byte>("a"u8.ToArray()) : ReadOnlySequence<byte>.Empty;
            result = new ReadResult(data, isCanceled: false, isCompleted: _reads > 3);
            return true;
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            TryRead(out var result);
            return new(result);
        }

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
