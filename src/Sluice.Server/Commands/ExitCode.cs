namespace Sluice.Server.Commands;

/// <summary>What the process tells the one that started it.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>The command line, the settings or the machine do not allow it; a line on stderr says why.</summary>
    public const int Refused = 2;
}
