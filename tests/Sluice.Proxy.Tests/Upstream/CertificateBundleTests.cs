using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Tests.Upstream;

public sealed class CertificateBundleTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Load_NoFile_IsEmptyWithoutAProblem()
    {
        var bundle = CertificateBundle.Load(null);

        Assert.True(bundle.IsEmpty);
        Assert.Null(bundle.Problem);
    }

    [Theory]
    [InlineData("", "upstream.ca_bundle has no certificate")]
    [InlineData("no PEM at all", "upstream.ca_bundle has no certificate")]
    [InlineData(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "upstream.ca_bundle cannot be read: a certificate in it is damaged")]
    public void Load_UselessFile_SaysWhy(string content, string problem)
    {
        File.WriteAllText(_path, content);

        var bundle = CertificateBundle.Load(_path);

        Assert.True(bundle.IsEmpty);
        Assert.Equal(problem, bundle.Problem);
    }

    [Theory]
    [InlineData("/nowhere/ca.pem", "upstream.ca_bundle cannot be read: no such file")]
    [InlineData("/", "upstream.ca_bundle cannot be read: access denied")]
    public void Load_UnreadableFile_SaysWhyWithoutThePath(string path, string problem) =>
        Assert.Equal(problem, CertificateBundle.Load(path).Problem);

    [Fact]
    public void Load_DamagedCertificateAmongGoodOnes_LoadsNone()
    {
        var good = TestCertificates.Root.ExportCertificatePem();
        File.WriteAllText(_path, $"{good}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        Assert.True(CertificateBundle.Load(_path).IsEmpty);
    }
}
