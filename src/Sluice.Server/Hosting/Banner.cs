using System.Text;
using Sluice.Configuration;

namespace Sluice.Server.Hosting;

/// <summary>What the process says once it listens: where, and what to paste into a shell.</summary>
internal static class Banner
{
    /// <summary>A few lines.</summary>
    public static string Create(Endpoints endpoints, SettingsResult loaded)
    {
        var url = GatewayUrl.Of(endpoints.Data[0].LocalUrl, loaded.Settings!.Gateways[0]);
        var settings = loaded.File ?? $"defaults, as there is no {SettingsSources.DefaultFileName} here";
        return new StringBuilder()
            .AppendLine($"sluice {ProductVersion.Short}")
            .AppendLine($"  listening    {string.Join(", ", endpoints.Data.Select(endpoint => endpoint.Url))}")
            .AppendLine($"  admin        {endpoints.Admin.Url}")
            .AppendLine($"  settings     {settings}")
            .AppendLine($"  Claude Code  export ANTHROPIC_BASE_URL={url}/anthropic")
            .ToString();
    }
}
