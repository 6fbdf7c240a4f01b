using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// TLS towards upstreams and proxies: HTTP/1.1 by ALPN, trust from the system and a bundle. Thread-safe.
/// </summary>
/// <param name="bundle">Certificates that are trusted besides the system's.</param>
/// <remarks>
/// Sessions are resumed without a cache here: the runtime keeps them for the process, by host name, whichever options
/// object they were made with. Hosts that are IP addresses have no name to keep them by. The certificate is checked on
/// a resumed session too.
/// </remarks>
internal sealed class TlsClient(CertificateBundle bundle)
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http11];

    /// <summary>Runs the handshake. The connection is disposed unless it succeeds.</summary>
    /// <param name="connection">The connection to the peer.</param>
    /// <param name="host">The host that the certificate must be for.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A connection over the given one, or <see cref="RejectionReason.UpstreamTlsFailed"/>.</returns>
    /// <exception cref="OperationCanceledException">The attempt was ended.</exception>
    public async ValueTask<ConnectResult> HandshakeAsync(
        ConnectionContext connection, string host, CancellationToken cancellationToken)
    {
        // Key exchange and certificates take a millisecond or more of pure computation. What runs up to here may run on
        // a socket's event loop, which would not serve its other connections meanwhile; so the handshake begins in the
        // thread pool and returns there from each wait.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var records = new DuplexPipeStream(connection.Transport) { ContinuesInThreadPool = true };
        var stream = new SslStream(records);
        var check = new PeerCheck(bundle, host);
        var isConnected = false;
        try
        {
            await stream.AuthenticateAsClientAsync(Options(host, check), cancellationToken);
            records.ContinuesInThreadPool = false;
            isConnected = true;
            return ConnectResult.Of(new TlsConnection(connection, stream));
        }
        catch (Exception e) when (IsHandshakeFault(e, cancellationToken))
        {
            return ConnectResult.Failed(new(
                RejectionReason.UpstreamTlsFailed, check.Fault ?? Describe(e, host, connection)));
        }
        finally
        {
            if (!isConnected)
            {
                await connection.DisposeAsync();
                await stream.DisposeAsync();
            }
        }
    }

    private static SslClientAuthenticationOptions Options(string host, PeerCheck check) => new()
    {
        TargetHost = host,
        ApplicationProtocols = Protocols,
        AllowTlsResume = true,
        RemoteCertificateValidationCallback = check.Accepts,
        CertificateChainPolicy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,

            // A missing intermediate would be fetched over HTTP from an address in the certificate, while a thread
            // waits, from a host that nobody configured.
            DisableCertificateDownloads = true,
        },
    };

    private static bool IsHandshakeFault(Exception exception, CancellationToken cancellationToken) =>
        exception is AuthenticationException or CryptographicException
        || TransportFault.Is(exception, cancellationToken);

    private static string Describe(Exception exception, string host, ConnectionContext connection)
    {
        var peer = $"{host} at {connection.RemoteEndPoint}";
        return exception is AuthenticationException or CryptographicException
            ? $"no TLS with {peer}: {exception.InnerException?.Message ?? exception.Message}"
            : $"{peer} closed the connection during the TLS handshake";
    }

    /// <summary>Judges one peer's certificate and keeps why it was refused: the exception does not say it.</summary>
    private sealed class PeerCheck(CertificateBundle bundle, string host)
    {
        public string? Fault { get; private set; }

        public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (errors == SslPolicyErrors.None)
            {
                return true;
            }

            var leaf = certificate as X509Certificate2;
            if (leaf is null || chain is null || bundle.IsEmpty
                || !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            {
                return Refuse(leaf, chain, errors);
            }

            using var ours = bundle.BuildChain(leaf, chain.ChainPolicy.ExtraStore);
            if (bundle.Vouches(ours))
            {
                errors &= ~SslPolicyErrors.RemoteCertificateChainErrors;
                return errors == SslPolicyErrors.None || Refuse(leaf, ours, errors);
            }

            // If the bundle knows the issuer, its chain names the real fault; the system's only does not know it.
            return Refuse(leaf, CertificateFault.IsUntrusted(ours) ? chain : ours, errors);
        }

        private bool Refuse(X509Certificate2? leaf, X509Chain? chain, SslPolicyErrors errors)
        {
            var fault = CertificateFault.Describe(host, leaf, chain, errors);
            Fault = bundle.Problem is null ? fault : $"{fault}; {bundle.Problem}";
            return false;
        }
    }
}
