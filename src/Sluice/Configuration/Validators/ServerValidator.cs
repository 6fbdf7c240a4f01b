using System.Net;

namespace Sluice.Configuration.Validators;

/// <summary>Listeners and the data folder.</summary>
internal sealed class ServerValidator : ISettingsValidator
{
    public void Validate(SluiceSettings settings, SettingsErrors errors)
    {
        var taken = new List<(ListenAddress Address, SettingPath Path)>();
        var listen = SettingPath.Root.Member("listen");
        if (settings.Listen.Count == 0)
        {
            errors.Add(listen, "must have at least one URL, as http://127.0.0.1:8787");
        }

        for (var index = 0; index < settings.Listen.Count; index++)
        {
            CheckListener(settings.Listen[index], listen.Item(index), settings, taken, errors);
        }

        CheckListener(settings.Admin, SettingPath.Root.Member("admin"), settings, taken, errors);
        if (string.IsNullOrWhiteSpace(settings.Data))
        {
            errors.Add(SettingPath.Root.Member("data"), "must name a folder");
        }
    }

    private static void CheckListener(
        string url,
        SettingPath path,
        SluiceSettings settings,
        List<(ListenAddress Address, SettingPath Path)> taken,
        SettingsErrors errors)
    {
        if (!ListenAddress.TryParse(url, out var address, out var problem))
        {
            errors.Add(path, $"\"{url}\" {problem}");
            return;
        }

        if (address.IsTls && settings.Tls is null)
        {
            errors.Add(path, "is https and needs a certificate: set tls.certificate, or take http");
        }

        foreach (var (other, otherPath) in taken)
        {
            if (Overlap(address, other))
            {
                errors.Add(path, $"takes the port of {otherPath} ({other}); give it another one");
                return;
            }
        }

        taken.Add((address, path));
    }

    private static bool Overlap(ListenAddress left, ListenAddress right) =>
        left.Port != 0
        && left.Port == right.Port
        && (left.Host == right.Host || left.IsAny || right.IsAny || IsBoth(left, right) || IsBoth(right, left));

    private static bool IsBoth(ListenAddress localhost, ListenAddress other) =>
        localhost.IsLocalhost
        && (IPAddress.Loopback.Equals(other.Address) || IPAddress.IPv6Loopback.Equals(other.Address));
}
