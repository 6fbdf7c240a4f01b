using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Proxy.Tests.Upstream;

/// <summary>Certificates that are made for one run: two roots, an intermediate, and leaves for each fault.</summary>
internal static class TestCertificates
{
    private static readonly DateTimeOffset Yesterday = DateTimeOffset.UtcNow.AddDays(-1);

    public static X509Certificate2 Root { get; } = Authority("CN=Sluice Test Root", issuer: null);

    public static X509Certificate2 OtherRoot { get; } = Authority("CN=Some Other Root", issuer: null);

    public static X509Certificate2 Intermediate { get; } = Authority("CN=Sluice Test Intermediate", Root);

    /// <summary>For <c>api.test</c>, <c>localhost</c> and 127.0.0.1.</summary>
    public static X509Certificate2 Valid { get; } = Leaf("CN=valid", Root, Yesterday, "api.test", "localhost");

    public static X509Certificate2 BelowIntermediate { get; } =
        Leaf("CN=below intermediate", Intermediate, Yesterday, "api.test");

    public static X509Certificate2 WrongName { get; } = Leaf("CN=wrong name", Root, Yesterday, "other.test");

    public static X509Certificate2 Expired { get; } =
        Leaf("CN=expired", Root, DateTimeOffset.UtcNow.AddDays(-20), "api.test");

    /// <summary>Writes certificates into a new PEM file.</summary>
    public static string WriteBundle(params X509Certificate2[] certificates)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(path, string.Join('\n', certificates.Select(c => c.ExportCertificatePem())));
        return path;
    }

    private static X509Certificate2 Authority(string subject, X509Certificate2? issuer)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return issuer is null
            ? request.CreateSelfSigned(Yesterday.AddDays(-30), Yesterday.AddDays(30))
            : request.Create(issuer, Yesterday, Yesterday.AddDays(20), [1]).CopyWithPrivateKey(key);
    }

    // Valid for ten days.
    private static X509Certificate2 Leaf(
        string subject, X509Certificate2 issuer, DateTimeOffset notBefore, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        Array.ForEach(names, alternatives.AddDnsName);
        alternatives.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(alternatives.Build());
        using var signed = request.Create(issuer, notBefore, notBefore.AddDays(10), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
