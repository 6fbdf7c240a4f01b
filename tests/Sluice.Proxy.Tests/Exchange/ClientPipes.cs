using System.IO.Pipelines;

namespace Sluice.Proxy.Tests.Exchange;

/// <summary>The gateway's side of a client's connection, with the client's side beside it.</summary>
internal sealed class ClientPipes : IDuplexPipe
{
    private readonly Pipe _toGateway = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Pipe _fromGateway = new(new PipeOptions(useSynchronizationContext: false));

    /// <inheritdoc/>
    public PipeReader Input => _toGateway.Reader;

    /// <inheritdoc/>
    public PipeWriter Output => _fromGateway.Writer;

    /// <summary>What the client sends with.</summary>
    public PipeWriter Client => _toGateway.Writer;

    /// <summary>What the client receives.</summary>
    public PipeReader Received => _fromGateway.Reader;
}
