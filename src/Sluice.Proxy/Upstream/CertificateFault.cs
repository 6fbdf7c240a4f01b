using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Proxy.Upstream;

/// <summary>Says which certificate of a chain failed and why, so that whoever reads it knows what to change.</summary>
internal static class CertificateFault
{
    private const int NamesReportedMax = 5;

    // Subjects come from the network; a long one must not push the rest out of an error text.
    private const int NameCharactersMax = 160;

    private const X509ChainStatusFlags NotTrusted =
        X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    /// <summary>Describes a certificate that was refused.</summary>
    /// <param name="host">The host that was connected to.</param>
    /// <param name="certificate">The certificate of the server; null if it sent none.</param>
    /// <param name="chain">The chain that was built for it; null if none was.</param>
    /// <param name="errors">What is wrong.</param>
    public static string Describe(
        string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return $"{host} sent no certificate";
        }

        var faults = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            faults.Add($"{Name(certificate)} is for {Names(certificate)}, not for {host}");
        }

        var isTrustFault = false;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            {
                foreach (var status in element.ChainElementStatus)
                {
                    faults.Add($"{Name(element.Certificate)}: {Describe(status.Status, element.Certificate)}");
                    isTrustFault |= (status.Status & NotTrusted) != 0;
                }
            }
        }

        var what = faults.Count > 0 ? string.Join("; ", faults) : Name(certificate);
        return isTrustFault
            ? $"the certificate of {host} is not trusted: {what}; add the CA to upstream.ca_bundle"
            : $"the certificate of {host} is not valid: {what}";
    }

    /// <summary>Whether a chain does not lead to a trusted certificate.</summary>
    public static bool IsUntrusted(X509Chain chain)
    {
        foreach (var status in chain.ChainStatus)
        {
            if ((status.Status & NotTrusted) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private static string Describe(X509ChainStatusFlags status, X509Certificate2 certificate) => status switch
    {
        X509ChainStatusFlags.UntrustedRoot => "UntrustedRoot, this root is not trusted",
        X509ChainStatusFlags.PartialChain => "PartialChain, its issuer is not known",
        X509ChainStatusFlags.NotTimeValid => "NotTimeValid, it is valid "
            + $"from {Day(certificate.NotBefore)} to {Day(certificate.NotAfter)}",
        X509ChainStatusFlags.NotValidForUsage => "NotValidForUsage, it is not for servers",
        _ => status.ToString(),
    };

    private static string Day(DateTime local) =>
        local.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Name(X509Certificate2 certificate) =>
        $"[{Printable(certificate.Subject)}] issued by [{Printable(certificate.Issuer)}]";

    private static string Names(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(extension.EnumerateDnsNames());
            names.AddRange(extension.EnumerateIPAddresses().Select(a => a.ToString()));
        }

        var reported = string.Join(", ", names.Take(NamesReportedMax).Select(Printable));
        return names.Count switch
        {
            0 => "no host name at all",
            <= NamesReportedMax => reported,
            _ => $"{reported} and {names.Count - NamesReportedMax} more names",
        };
    }

    private static string Printable(string text) =>
        string.Concat(text.Take(NameCharactersMax).Select(c => char.IsControl(c) ? '?' : c));
}
