namespace Sluice.Configuration.Validators;

/// <summary>Checks that numbers lie within their limits.</summary>
internal static class Bounds
{
    /// <summary>A day: longer than anybody waits, and far from the end of the clock's range.</summary>
    public const int TimeoutMsMax = 24 * 60 * 60 * 1000;

    /// <summary>Reports a number below its least or above its largest value.</summary>
    /// <returns>Whether it lies within.</returns>
    public static bool Check(SettingPath path, long? value, long least, long largest, SettingsErrors errors)
    {
        if (value is null || value >= least && value <= largest)
        {
            return true;
        }

        errors.Add(path, $"is {value}: it must be between {least} and {largest}");
        return false;
    }

    /// <summary>Reports a time limit in milliseconds that is none, or longer than a day.</summary>
    public static void CheckTimeout(SettingPath path, int value, SettingsErrors errors) =>
        Check(path, value, 1, TimeoutMsMax, errors);
}
