namespace Sluice.Configuration.Validators;

/// <summary>Checks one concern of the settings.</summary>
internal interface ISettingsValidator
{
    /// <summary>Reports everything that is wrong with this concern.</summary>
    void Validate(SluiceSettings settings, SettingsErrors errors);
}
