using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// Opens connections to upstreams: name look-up, TCP, proxy and TLS, in that order, under one deadline. Thread-safe.
/// </summary>
/// <param name="options">How upstreams are reached.</param>
/// <param name="factory">Opens the TCP connections.</param>
/// <param name="time">The clock of the deadline, the name cache and the race between addresses.</param>
/// <param name="lookup">The name look-up; null for the system's.</param>
internal sealed class UpstreamConnector(
    UpstreamOptions options, IConnectionFactory factory, TimeProvider time, NameLookup? lookup = null)
{
    private readonly ProxySelector _proxies = new(options);
    private readonly NameResolver _names = new(options.DnsRefresh, time, lookup ?? Dns.GetHostAddressesAsync);
    private readonly AddressRace _race = new(factory, time);
    private readonly TlsClient _tls = new(CertificateBundle.Load(options.CaBundle));

    /// <summary>Connects. An expected fault is a result, never an exception.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException">The attempt was ended by the caller.</exception>
    public async ValueTask<ConnectResult> ConnectAsync(UpstreamAddress address, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var progress = new Progress();
        ConnectResult result;
        try
        {
            result = await OpenAsync(address, progress, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            result = default;
        }

        if (result.Connection is null)
        {
            // A step that was cut short may report the broken connection instead of the cancellation.
            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.IsCancellationRequested)
            {
                var seconds = options.ConnectTimeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
                return ConnectResult.Failed(new(
                    RejectionReason.UpstreamConnectTimeout,
                    $"no connection to {address.Authority} within {seconds} s; it was {progress.Step}"));
            }
        }

        return result;
    }

    private async ValueTask<ConnectResult> OpenAsync(
        UpstreamAddress address, Progress progress, CancellationToken cancellationToken)
    {
        var reached = _proxies.For(address) is { } proxy
            ? await TunnelAsync(proxy, address, progress, cancellationToken)
            : await ReachAsync(address.Host, address.Port, progress, cancellationToken);
        if (reached.Connection is not { } connection || !address.IsTls)
        {
            return reached;
        }

        progress.Step = $"in the TLS handshake with {address.Host} at {connection.RemoteEndPoint}";
        return await _tls.HandshakeAsync(connection, address.Host, cancellationToken);
    }

    private async ValueTask<ConnectResult> TunnelAsync(
        Uri proxy, UpstreamAddress address, Progress progress, CancellationToken cancellationToken)
    {
        if (proxy.Scheme != Uri.UriSchemeHttp && proxy.Scheme != Uri.UriSchemeHttps)
        {
            return ConnectResult.Failed(ProxyTunnel.Failed(
                proxy, $"{proxy.Scheme}:// is not supported, use http:// or https://"));
        }

        var reached = await ReachAsync(proxy.IdnHost, proxy.Port, progress, cancellationToken);
        if (reached.Connection is { } plain && proxy.Scheme == Uri.UriSchemeHttps)
        {
            progress.Step = $"in the TLS handshake with proxy {proxy.Authority}";
            reached = await _tls.HandshakeAsync(plain, proxy.IdnHost, cancellationToken);
        }

        if (reached.Connection is not { } connection)
        {
            return ConnectResult.Failed(ProxyTunnel.Failed(proxy, reached.Error.Detail));
        }

        var isOpen = false;
        try
        {
            progress.Step = $"waiting for proxy {proxy.Authority} to answer CONNECT";
            var error = await ProxyTunnel.OpenAsync(connection, proxy, address, cancellationToken);
            isOpen = !error.IsError;
            return isOpen ? reached : ConnectResult.Failed(error);
        }
        finally
        {
            if (!isOpen)
            {
                await connection.DisposeAsync();
                connection.Transport.Input.Complete();
                connection.Transport.Output.Complete();
            }
        }
    }

    private async ValueTask<ConnectResult> ReachAsync(
        string host, int port, Progress progress, CancellationToken cancellationToken)
    {
        progress.Step = $"looking up {host}";
        var name = await _names.ResolveAsync(host, cancellationToken);
        if (name.Problem is not null)
        {
            return ConnectResult.Failed(new(RejectionReason.UpstreamNameNotResolved, name.Problem));
        }

        progress.Step = $"connecting to {string.Join(", ", name.Addresses)}";
        return await _race.ConnectAsync(name.Addresses, port, cancellationToken);
    }

    /// <summary>What is being done, for the text of a timeout.</summary>
    private sealed class Progress
    {
        public string Step { get; set; } = "";
    }
}
