using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Configuration;

/// <summary>A certificate with its private key and its chain, ready for a listener.</summary>
public sealed class ServerCertificate : IDisposable
{
    private ServerCertificate(X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        Certificate = certificate;
        Chain = chain;
    }

    /// <summary>The certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificates between it and a root, as far as the file has them.</summary>
    public X509Certificate2Collection Chain { get; }

    /// <summary>Loads a certificate.</summary>
    /// <exception cref="SettingsException">A file cannot be read, or the files do not fit each other.</exception>
    public static ServerCertificate Load(TlsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var errors = new SettingsErrors();
        return TryLoad(settings, errors) ?? throw new SettingsException(errors.ToList());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Certificate.Dispose();
        foreach (var certificate in Chain)
        {
            certificate.Dispose();
        }
    }

    internal static ServerCertificate? TryLoad(TlsSettings settings, SettingsErrors errors)
    {
        var path = SettingPath.Root.Member("tls");
        if (!TryRead(settings.Certificate, path.Member("certificate"), errors, out var bytes))
        {
            return null;
        }

        try
        {
            var text = System.Text.Encoding.Latin1.GetString(bytes);
            if (!text.Contains("-----BEGIN", StringComparison.Ordinal))
            {
                return FromPkcs12(bytes, settings.Password);
            }

            var keyText = text;
            if (settings.Key is not null)
            {
                if (!TryRead(settings.Key, path.Member("key"), errors, out var keyBytes))
                {
                    return null;
                }

                keyText = System.Text.Encoding.Latin1.GetString(keyBytes);
            }

            return FromPem(text, keyText, settings.Password);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            errors.Add(path.Member("certificate"), Explain(settings, exception));
            return null;
        }
    }

    private static ServerCertificate FromPkcs12(byte[] bytes, string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12Collection(bytes, password);
        var certificate = all.FirstOrDefault(candidate => candidate.HasPrivateKey)
            ?? throw new CryptographicException("The file has no certificate with a private key.");
        all.Remove(certificate);
        return new ServerCertificate(certificate, all);
    }

    private static ServerCertificate FromPem(string text, string keyText, string? password)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(text);
        if (chain.Count > 0)
        {
            chain[0].Dispose();
            chain.RemoveAt(0);
        }

        var certificate = password is null
            ? X509Certificate2.CreateFromPem(text, keyText)
            : X509Certificate2.CreateFromEncryptedPem(text, keyText, password);
        if (!OperatingSystem.IsWindows())
        {
            return new ServerCertificate(certificate, chain);
        }

        // TLS on Windows takes no key that exists in memory only.
        using (certificate)
        {
            var stored = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
            return new ServerCertificate(stored, chain);
        }
    }

    private static bool TryRead(string file, SettingPath path, SettingsErrors errors, out byte[] bytes)
    {
        bytes = [];
        if (file.Length == 0)
        {
            errors.Add(path, "must name a file");
            return false;
        }

        try
        {
            bytes = File.ReadAllBytes(file);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add(path, FileProblem.Describe(file, exception));
            return false;
        }
    }

    private static string Explain(TlsSettings settings, Exception exception)
    {
        var key = settings.Key is null ? "" : $" with \"{settings.Key}\"";
        return $"\"{settings.Certificate}\"{key} cannot be used: {exception.Message.ReplaceLineEndings(" ")} "
            + "It must be a PEM certificate and its key, or a PKCS #12 file; tls.password opens an encrypted one";
    }
}
