using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Hosting;

/// <summary>Puts an engine onto the listeners of a Kestrel server.</summary>
public static class KestrelListenOptionsExtensions
{
    /// <summary>
    /// Lets the engine serve this listener's connections. At the first request that is no path of the engine, a
    /// connection goes untouched to the middleware behind it, which is Kestrel's own HTTP server unless there is
    /// another one.
    /// </summary>
    /// <remarks>
    /// A connection that was handed over stays there: clients that use both sides need a connection for each, which
    /// they have where the two have host names of their own.
    /// </remarks>
    /// <param name="listener">The listener. Call <c>UseHttps</c> first where it is encrypted.</param>
    /// <param name="engine">The engine. The caller disposes it.</param>
    /// <returns>The listener.</returns>
    public static ListenOptions UseSluice(this ListenOptions listener, ProxyEngine engine)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(engine);
        listener.Use(next => connection => engine.OnConnectionAsync(connection, next));
        return listener;
    }

    /// <summary>
    /// The same with the engine that <see cref="SluiceServiceCollectionExtensions.AddSluice"/> has registered.
    /// </summary>
    /// <param name="listener">The listener. Call <c>UseHttps</c> first where it is encrypted.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="InvalidOperationException">No engine is registered.</exception>
    public static ListenOptions UseSluice(this ListenOptions listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return listener.UseSluice(listener.ApplicationServices.GetRequiredService<ProxyEngine>());
    }

    /// <summary>
    /// Gives this listener to the engine alone: whatever is no path of the engine is answered with 404. The listener
    /// offers HTTP/1.1 only, so that clients do not negotiate HTTP/2 on a TLS connection.
    /// </summary>
    /// <param name="listener">The listener. Call <c>UseHttps</c> first where it is encrypted.</param>
    /// <param name="engine">The engine. The caller disposes it.</param>
    public static void RunSluice(this ListenOptions listener, ProxyEngine engine)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(engine);
        listener.Protocols = HttpProtocols.Http1;
        listener.Use(_ => connection => engine.OnConnectionAsync(connection, null));
    }
}
