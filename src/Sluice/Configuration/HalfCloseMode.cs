using System.Text.Json.Serialization;

namespace Sluice.Configuration;

/// <summary>What a client means by closing its sending side while its request runs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HalfCloseMode>))]
public enum HalfCloseMode
{
    /// <summary>It has gone: the exchange is cancelled.</summary>
    [JsonStringEnumMemberName("cancel")]
    Cancel,

    /// <summary>It still reads: the exchange goes on to its end.</summary>
    [JsonStringEnumMemberName("finish")]
    Finish,
}
