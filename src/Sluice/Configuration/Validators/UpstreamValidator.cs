using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Configuration.Validators;

/// <summary>How upstreams are reached.</summary>
internal sealed class UpstreamValidator : ISettingsValidator
{
    // One address has 28,000 usable client ports at the kernel's defaults.
    private const int IdleConnectionsMax = 65_535;

    public void Validate(SluiceSettings settings, SettingsErrors errors)
    {
        var upstream = settings.Upstream;
        var path = SettingPath.Root.Member("upstream");
        Bounds.CheckTimeout(path.Member("connect_timeout_ms"), upstream.ConnectTimeoutMs, errors);
        Bounds.CheckTimeout(path.Member("response_head_timeout_ms"), upstream.ResponseHeadTimeoutMs, errors);
        Bounds.CheckTimeout(path.Member("response_idle_timeout_ms"), upstream.ResponseIdleTimeoutMs, errors);
        Bounds.CheckTimeout(path.Member("idle_connection_timeout_ms"), upstream.IdleConnectionTimeoutMs, errors);
        Bounds.Check(path.Member("idle_connections_max"), upstream.IdleConnectionsMax, 0, IdleConnectionsMax, errors);
        Bounds.Check(path.Member("dns_refresh_ms"), upstream.DnsRefreshMs, 0, Bounds.TimeoutMsMax, errors);
        if (upstream.Proxy is { Length: > 0 } proxy && !ProxyVariables.TryParse(proxy, out _, out var problem))
        {
            errors.Add(path.Member("proxy"), problem + "; \"\" is none");
        }

        if (upstream.CaBundle is not null)
        {
            CheckBundle(upstream.CaBundle, path.Member("ca_bundle"), errors);
        }
    }

    private static void CheckBundle(string file, SettingPath path, SettingsErrors errors)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(File.ReadAllText(file));
            if (certificates.Count == 0)
            {
                errors.Add(path, $"\"{file}\" has no certificate: it must be a PEM file");
            }
        }
        catch (CryptographicException exception)
        {
            errors.Add(path, $"\"{file}\" cannot be used: {exception.Message.ReplaceLineEndings(" ")}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.Add(path, FileProblem.Describe(file, exception));
        }
        finally
        {
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }
}
