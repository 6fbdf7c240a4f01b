using System.Text.Json.Serialization;

namespace Sluice.Configuration;

/// <summary>How the window of a rate limit moves.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RateLimitingTechnique>))]
public enum RateLimitingTechnique
{
    /// <summary>The counter starts anew at each window's begin.</summary>
    [JsonStringEnumMemberName("fixed")]
    Fixed,

    /// <summary>Any window that ends now counts.</summary>
    [JsonStringEnumMemberName("sliding")]
    Sliding,
}
