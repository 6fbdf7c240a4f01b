using Sluice.Configuration;

namespace Sluice.Server.Commands;

/// <summary>Prints what is wrong with settings, one line for each, to stderr.</summary>
internal static class SettingsReport
{
    /// <summary>Prints errors and warnings.</summary>
    /// <returns>Whether the settings are valid.</returns>
    public static bool TryPrint(SettingsResult result)
    {
        foreach (var warning in result.Warnings)
        {
            Console.Error.WriteLine($"warning: {warning}");
        }

        foreach (var error in result.Errors)
        {
            Console.Error.WriteLine(error);
        }

        return result.Settings is not null;
    }
}
