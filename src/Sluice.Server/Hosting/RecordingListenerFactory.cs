using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Server.Hosting;

/// <summary>
/// Remembers at which address binding failed; the exception that reaches the caller of the server may not say.
/// </summary>
/// <param name="inner">Opens the listeners.</param>
internal sealed class RecordingListenerFactory(IConnectionListenerFactory inner) : IConnectionListenerFactory
{
    /// <summary>The address that could not be bound last, and why.</summary>
    public (EndPoint Address, Exception Fault)? Failure { get; private set; }

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.BindAsync(endpoint, cancellationToken);
        }
        catch (Exception fault)
        {
            Failure = (endpoint, fault);
            throw;
        }
    }
}
