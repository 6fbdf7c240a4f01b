using Microsoft.Extensions.Logging;

namespace Sluice.Server.Logging;

/// <summary>All log messages of the server around the engine. Their ids are the block from 9000 on.</summary>
internal static partial class ServerLog
{
    /// <summary>The process has been told to stop.</summary>
    [LoggerMessage(9000, LogLevel.Information, "Stopping: no new exchanges are taken, {Count} are running.")]
    public static partial void Draining(this ILogger logger, long count);

    /// <summary>Not all exchanges ended in time.</summary>
    [LoggerMessage(9001, LogLevel.Warning, "Stopping now: {Count} exchanges are cut off.")]
    public static partial void DrainEnded(this ILogger logger, long count);

    /// <summary>A changed settings file is in force.</summary>
    [LoggerMessage(9010, LogLevel.Information, "Settings from {File} are in force for new exchanges.")]
    public static partial void SettingsApplied(this ILogger logger, string file);

    /// <summary>One thing that is wrong with a changed settings file.</summary>
    [LoggerMessage(9011, LogLevel.Error, "{Error}")]
    public static partial void SettingsError(this ILogger logger, string error);

    /// <summary>A changed settings file was refused.</summary>
    [LoggerMessage(9012, LogLevel.Error, "{File} was refused as a whole; the settings before it stay in force.")]
    public static partial void SettingsRefused(this ILogger logger, string file);

    /// <summary>Something in a changed settings file looks like a mistake.</summary>
    [LoggerMessage(9013, LogLevel.Warning, "{Warning}")]
    public static partial void SettingsWarning(this ILogger logger, string warning);

    /// <summary>Settings were changed that are read at start only.</summary>
    [LoggerMessage(9014, LogLevel.Warning, "A restart is needed for the change of: {Names}. All else is in force.")]
    public static partial void RestartNeeded(this ILogger logger, string names);
}
