using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class ServerCertificateTests : IDisposable
{
    private const string Password = "open sesame";

    private readonly TempFolder _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public ServerCertificateTests()
    {
        var request = new CertificateRequest("CN=localhost", _key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Load_PemWithKeyInItsOwnFile_HasKeyAndChain()
    {
        var certificate = _folder.Write("a.pem", _certificate.ExportCertificatePem() + "\n" + _certificate.ExportCertificatePem());
        var key = _folder.Write("a.key", _key.ExportPkcs8PrivateKeyPem());

        using var loaded = ServerCertificate.Load(new TlsSettings { Certificate = certificate, Key = key });

        Assert.True(loaded.Certificate.HasPrivateKey);
        Assert.Equal(_certificate.Thumbprint, loaded.Certificate.Thumbprint);
        Assert.Single(loaded.Chain);
    }

    [Fact]
    public void Load_PemWithEncryptedKeyInTheSameFile_HasKey()
    {
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        var file = _folder.Write(
            "a.pem", _certificate.ExportCertificatePem() + "\n" + _key.ExportEncryptedPkcs8PrivateKeyPem(Password, parameters));

        using var loaded = ServerCertificate.Load(new TlsSettings { Certificate = file, Password = Password });

        Assert.True(loaded.Certificate.HasPrivateKey);
        Assert.Empty(loaded.Chain);
    }

    [Fact]
    public void Load_Pkcs12_HasKey()
    {
        File.WriteAllBytes(_folder["a.pfx"], _certificate.Export(X509ContentType.Pkcs12, Password));

        using var loaded = ServerCertificate.Load(new TlsSettings { Certificate = _folder["a.pfx"], Password = Password });

        Assert.True(loaded.Certificate.HasPrivateKey);
    }

    [Fact]
    public void Load_FilesThatDoNotWork_SaysWhichAndNotThePassword()
    {
        var pem = _folder.Write("a.pem", _certificate.ExportCertificatePem());
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var otherKey = _folder.Write("b.key", other.ExportPkcs8PrivateKeyPem());
        File.WriteAllBytes(_folder["a.pfx"], _certificate.Export(X509ContentType.Pkcs12, "another one"));

        AssertRefused(new TlsSettings { Certificate = pem }, "tls.certificate", "a.pem");
        AssertRefused(new TlsSettings { Certificate = pem, Key = otherKey }, "tls.certificate", "b.key");
        AssertRefused(new TlsSettings { Certificate = pem, Key = _folder["none"] }, "tls.key", "none\" does not exist");
        AssertRefused(new TlsSettings { Certificate = _folder["a.pfx"], Password = Password }, "tls.certificate", "a.pfx");
        AssertRefused(new TlsSettings { Certificate = _folder.Write("x", "text") }, "tls.certificate", "x");
    }

    [Fact]
    public void TlsSettings_AsText_HidesThePassword() => Assert.DoesNotContain(
        Password, new TlsSettings { Certificate = "a", Password = Password }.ToString(), StringComparison.Ordinal);

    private static void AssertRefused(TlsSettings settings, string path, string named)
    {
        var error = Assert.Single(Assert.Throws<SettingsException>(() => ServerCertificate.Load(settings)).Errors);

        Assert.Equal(path, error.Path);
        Assert.Contains(named, error.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, error.Reason, StringComparison.Ordinal);
    }
}
