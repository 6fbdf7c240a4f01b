namespace Sluice.Configuration.Validators;

/// <summary>The certificate: its files are read, so that a wrong one is known before anything listens.</summary>
internal sealed class TlsValidator : ISettingsValidator
{
    public void Validate(SluiceSettings settings, SettingsErrors errors)
    {
        if (settings.Tls is not null)
        {
            ServerCertificate.TryLoad(settings.Tls, errors)?.Dispose();
        }
    }
}
