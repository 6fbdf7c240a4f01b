using System.Text.Json.Serialization;

namespace Sluice.Configuration;

/// <summary>How the delay between attempts grows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RetryBackoff>))]
public enum RetryBackoff
{
    /// <summary>Always the same.</summary>
    [JsonStringEnumMemberName("constant")]
    Constant,

    /// <summary>Delay times the number of the retry.</summary>
    [JsonStringEnumMemberName("linear")]
    Linear,

    /// <summary>Twice as long each time.</summary>
    [JsonStringEnumMemberName("exponential")]
    Exponential,
}
