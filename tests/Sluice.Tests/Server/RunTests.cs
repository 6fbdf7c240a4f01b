using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Tests.Server;

/// <summary>The running gateway as a child process: its start, its health, its reloads.</summary>
[Collection(nameof(SluiceProcess))]
public sealed class RunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_WithoutSettings_PrintsTheBannerAnswersHealthAndEndsWithZero()
    {
        await using var gateway = await RunningGateway.StartAsync(_folder.Path);

        var health = await gateway.Client.GetStringAsync(gateway.AdminUrl + "/healthz", Cancellation);
        var ready = await gateway.Client.GetStringAsync(gateway.AdminUrl + "/readyz", Cancellation);
        using var other = await gateway.Client.GetAsync(gateway.AdminUrl + "/", Cancellation);
        using var post = await gateway.Client.PostAsync(gateway.AdminUrl + "/healthz", null, Cancellation);
        using var nowhere = await gateway.Client.GetAsync(gateway.DataUrl + "/nowhere", Cancellation);
        await gateway.Process.SignalAsync("TERM");
        var code = await gateway.Process.WaitForExitAsync();

        Assert.Matches("""^\{"status":"ok","version":"\d+\.\d+\.\d+","degraded":\[\]\}$""", health);
        Assert.Equal("""{"status":"ready"}""", ready);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        Assert.Equal(0, code);
        Assert.Empty(gateway.Process.Errors);
        Assert.Matches(@"^sluice \d+\.\d+\.\d+\n", gateway.Process.Output);
        Assert.Contains(
            $"""
              listening    {gateway.DataUrl}
              admin        {gateway.AdminUrl}
              settings     defaults, as there is no sluice.json here
              Claude Code  export ANTHROPIC_BASE_URL={gateway.DataUrl}/v1/local/default/anthropic

            """,
            gateway.Process.Output,
            StringComparison.Ordinal);
        Assert.True(Directory.Exists(_folder["data"]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["data"]));
    }

    [Fact]
    public async Task Run_LogLines_HaveTimeLevelCategoryAndIdAndNoColors()
    {
        await using var gateway = await RunningGateway.StartAsync(_folder.Path);

        await gateway.Process.SignalAsync("INT");
        await gateway.Process.SignalAsync("TERM");
        await gateway.Process.WaitForExitAsync();

        Assert.Matches(
            @"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info Sluice\.Server\[9000\] Stopping: no new exchanges are taken, 0 are running\.$",
            gateway.Process.Output);
        Assert.DoesNotContain("\e", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--listen", "listen", "127.0.0.1")]
    [InlineData("--admin", "admin", "http://127.0.0.1")]
    public async Task Run_PortInUse_SaysSoInOneLine(string option, string setting, string place)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var result = await SluiceProcess.RunAsync(
            _folder.Path,
            ["run", option, $"http://127.0.0.1:{port}"],
            option == "--listen" ? ("SLUICE_ADMIN", "http://127.0.0.1:0") : ("SLUICE_LISTEN", "http://127.0.0.1:0"));

        Assert.Equal(
            (2, "", $"sluice: cannot listen on {place}:{port}: another program has the port. "
                + $"Stop that program, or set {setting} to another port.\n"),
            result);
    }

    [Fact]
    public async Task Run_AddressOfAnotherMachine_SaysSoInOneLine()
    {
        // TEST-NET-1 (RFC 5737): no machine has it.
        var result = await SluiceProcess.RunAsync(
            _folder.Path, ["--listen", "http://192.0.2.1:8787", "--admin", "http://127.0.0.1:0"]);

        Assert.Equal(
            (2, "", "sluice: cannot listen on 192.0.2.1:8787: this machine has no such address. "
                + "Set listen to one that it has, or to * for all.\n"),
            result);
    }

    [Fact]
    public async Task Run_DataFolderThatCannotBe_SaysSoInOneLine()
    {
        var file = _folder.Write("file", "");

        var (code, output, errors) = await SluiceProcess.RunAsync(_folder.Path, ["run", "--data", file + "/data"]);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.StartsWith($"sluice: cannot write to the data folder \"{file}/data\": ", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Run_BadCertificate_SaysSoInOneLine()
    {
        _folder.Write("bad.pem", "no certificate");
        _folder.Write("sluice.json", """{ "tls": { "certificate": "bad.pem" } }""");

        var (code, output, errors) = await SluiceProcess.RunAsync(_folder.Path, ["run"]);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.StartsWith("sluice.json:1: tls.certificate: \"bad.pem\" cannot be used: ", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Run_HttpsListener_OffersHttp1Only()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _folder.Write("cert.pem", certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        _folder.Write("sluice.json", """{ "tls": { "certificate": "cert.pem" } }""");
        await using var gateway = await RunningGateway.StartAsync(_folder.Path, "--listen", "https://127.0.0.1:0");
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(gateway.DataUrl).Port, Cancellation);
        await using var tls = new SslStream(socket.GetStream());

        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback =
                    (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString(),
            },
            Cancellation);
        await tls.WriteAsync("GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancellation);
        using var reader = new StreamReader(tls);

        Assert.Equal(SslApplicationProtocol.Http11, tls.NegotiatedApplicationProtocol);
        Assert.Equal("HTTP/1.1 404 Not Found", await reader.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task Run_ChangedFile_IsAppliedOrRefusedWhole()
    {
        const string Unapplied = "The settings file is not valid; the settings before it stay in force.";
        _folder.Write("sluice.json", "{}");
        await using var gateway = await RunningGateway.StartAsync(_folder.Path);

        _folder.Write("sluice.json", "{\n\"limits\": { \"drain_timeout_ms\": 0 },\n\"adnim\": 1 }");
        var error = await gateway.Process.WaitForLineAsync("adnim");
        await gateway.Process.WaitForLineAsync("refused as a whole");
        var degraded = await gateway.Client.GetStringAsync(gateway.AdminUrl + "/healthz", Cancellation);
        _folder.Write("sluice.json", """{ "data": "elsewhere", "log_level": "warning" }""");
        var restart = await gateway.Process.WaitForLineAsync("A restart is needed");
        var healthy = await gateway.Client.GetStringAsync(gateway.AdminUrl + "/healthz", Cancellation);

        Assert.EndsWith("sluice.json:3: adnim: is not a setting; did you mean \"admin\"?", error, StringComparison.Ordinal);
        Assert.Contains($"\"degraded\":[\"{Unapplied}\"]", degraded, StringComparison.Ordinal);
        Assert.EndsWith("A restart is needed for the change of: data. All else is in force.", restart, StringComparison.Ordinal);
        Assert.Contains("\"degraded\":[]", healthy, StringComparison.Ordinal);
    }
}
