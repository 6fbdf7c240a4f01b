using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Configuration;
using Sluice.Hosting;

namespace Sluice.Server.Hosting;

/// <summary>
/// The listeners for clients: a Kestrel server whose connections all go to the engine. It is a server apart from the
/// admin listener's, because that one has to open before it and to close after it, so that readiness can be asked for
/// meanwhile.
/// </summary>
internal sealed class DataListeners : IDisposable
{
    private readonly KestrelServer _server;
    private readonly RecordingListenerFactory _transport;
    private readonly List<(ListenAddress Address, ListenOptions Listener)> _listeners = [];

    /// <param name="urls">Where to listen; valid.</param>
    /// <param name="certificate">The certificate of encrypted ones.</param>
    /// <param name="engine">Serves the connections.</param>
    /// <param name="services">What the server's parts are taken from.</param>
    /// <param name="loggers">Where the server logs to.</param>
    public DataListeners(
        IReadOnlyList<string> urls,
        ServerCertificate? certificate,
        ProxyEngine engine,
        IServiceProvider services,
        ILoggerFactory loggers)
    {
        var sockets = new SocketTransportOptions();
        ListenerSetup.Configure(sockets);
        _transport = new RecordingListenerFactory(new SocketTransportFactory(Options.Create(sockets), loggers));
        var options = new KestrelServerOptions { ApplicationServices = services };
        foreach (var url in urls)
        {
            var address = ListenAddress.Parse(url);
            var listener = ListenerSetup.Add(options, address, certificate, listener => listener.RunSluice(engine));
            _listeners.Add((address, listener));
        }

        _server = new KestrelServer(Options.Create(options), _transport, loggers);
    }

    /// <summary>Opens the listeners.</summary>
    /// <returns>What they are bound to.</returns>
    /// <exception cref="StartupException">One of them cannot be opened.</exception>
    public async Task<IReadOnlyList<Endpoint>> StartAsync()
    {
        try
        {
            await _server.StartAsync(new NoApplication(), CancellationToken.None);
        }
        catch (Exception exception) when (ListenerSetup.IsListenFault(exception))
        {
            throw ListenerSetup.Explain(
                "listen",
                _transport.Failure?.Address.ToString() ?? "an address",
                _transport.Failure?.Fault ?? exception);
        }

        return [.. _listeners.Select(pair => ListenerSetup.ToEndpoint(pair.Address, pair.Listener))];
    }

    /// <summary>
    /// Closes the listeners and waits for their connections to end; cuts what is left when cancelled.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();
}
