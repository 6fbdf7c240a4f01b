using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Proxy.Upstream;

/// <summary>Certificates that are trusted besides the system's. Immutable.</summary>
internal sealed class CertificateBundle
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2Collection _certificates;

    private CertificateBundle(X509Certificate2Collection certificates, string? problem)
    {
        _certificates = certificates;
        Problem = problem;
    }

    /// <summary>
    /// Why the file could not be used, in words for an operator; null if it could. It is no reason to refuse
    /// connections: what the system trusts does not need the file.
    /// </summary>
    public string? Problem { get; }

    /// <summary>Whether there is any certificate.</summary>
    public bool IsEmpty => _certificates.Count == 0;

    /// <summary>Reads a bundle.</summary>
    /// <param name="path">A PEM file with any number of certificates; null for an empty bundle.</param>
    public static CertificateBundle Load(string? path)
    {
        var certificates = new X509Certificate2Collection();
        if (path is null)
        {
            return new(certificates, null);
        }

        try
        {
            certificates.ImportFromPemFile(path);
            return new(certificates, certificates.Count > 0 ? null : "upstream.ca_bundle has no certificate");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // The message of the exception may hold the path, which is not for the clients to know.
            return new([], $"upstream.ca_bundle cannot be read: {e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "no such file",
                UnauthorizedAccessException => "access denied",
                CryptographicException => "a certificate in it is damaged",
                _ => "input or output error",
            }}");
        }
    }

    /// <summary>
    /// Builds the chain of a certificate to one of the bundle. Whether the bundle vouches for it is what
    /// <see cref="Vouches"/> says of the chain. The caller disposes the chain.
    /// </summary>
    /// <param name="certificate">The certificate of a server.</param>
    /// <param name="intermediates">What the server sent with it.</param>
    public X509Chain BuildChain(X509Certificate2 certificate, X509Certificate2Collection intermediates)
    {
        var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_certificates);
        policy.ExtraStore.AddRange(intermediates);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.Build(certificate);
        return chain;
    }

    /// <summary>Whether a chain of <see cref="BuildChain"/> is without fault.</summary>
    public bool Vouches(X509Chain chain)
    {
        foreach (var status in chain.ChainStatus)
        {
            // A certificate in the bundle is trusted even if it is not a root; so do curl and Go.
            if (status.Status == X509ChainStatusFlags.PartialChain
                && _certificates.Contains(chain.ChainElements[^1].Certificate))
            {
                continue;
            }

            if (status.Status != X509ChainStatusFlags.NoError)
            {
                return false;
            }
        }

        return chain.ChainElements.Count > 0;
    }
}
