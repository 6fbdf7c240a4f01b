using System.Text.Json.Serialization;

namespace Sluice.Configuration;

/// <summary>What happens when a gateway holds as many records as it may.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LogManagementStrategy>))]
public enum LogManagementStrategy
{
    /// <summary>The oldest make room.</summary>
    [JsonStringEnumMemberName("DELETE_OLDEST")]
    DeleteOldest,

    /// <summary>New ones are not stored.</summary>
    [JsonStringEnumMemberName("STOP_INSERTING")]
    StopInserting,
}
