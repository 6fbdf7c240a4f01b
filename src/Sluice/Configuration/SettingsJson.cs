using System.Text.Json.Serialization;

namespace Sluice.Configuration;

/// <summary>How settings look as JSON. The loader takes names and kinds of all fields from here.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(LogLevelConverter)])]
[JsonSerializable(typeof(SluiceSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
