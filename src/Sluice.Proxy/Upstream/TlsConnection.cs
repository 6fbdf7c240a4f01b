using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// A connection within which TLS runs. Its pipes carry the plaintext; all else is the inner connection's.
/// </summary>
internal sealed class TlsConnection : ConnectionContext, IDuplexPipe
{
    // The plaintext of one TLS record is at most 16 KB (RFC 8446, 5.1), so one buffer takes what one read brings.
    private const int ReadBytes = 16 * 1024;

    // What is written between two flushes goes through the stream buffer by buffer; one should hold it.
    private const int WriteBytes = 64 * 1024;

    private readonly ConnectionContext _inner;
    private readonly SslStream _stream;

    /// <param name="inner">The connection that carries the records. It is disposed with this one.</param>
    /// <param name="stream">TLS over it, after the handshake.</param>
    public TlsConnection(ConnectionContext inner, SslStream stream)
    {
        _inner = inner;
        _stream = stream;
        Input = PipeReader.Create(
            stream,
            new StreamPipeReaderOptions(MemoryPool<byte>.Shared, ReadBytes, leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(
            stream, new StreamPipeWriterOptions(MemoryPool<byte>.Shared, WriteBytes, leaveOpen: true));
        Transport = this;
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _inner.ConnectionId;
        set => _inner.ConnectionId = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _inner.Features;

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _inner.Items;
        set => _inner.Items = value;
    }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get => _inner.ConnectionClosed;
        set => _inner.ConnectionClosed = value;
    }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint
    {
        get => _inner.LocalEndPoint;
        set => _inner.LocalEndPoint = value;
    }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint
    {
        get => _inner.RemoteEndPoint;
        set => _inner.RemoteEndPoint = value;
    }

    /// <summary>Aborts the inner connection at once; no close_notify is sent. A pending read or write fails.</summary>
    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        // The inner connection goes first: a read that is still pending ends with it, before the buffers it could
        // write to are given back.
        await _inner.DisposeAsync();
        await _stream.DisposeAsync();
        await base.DisposeAsync();
    }
}
