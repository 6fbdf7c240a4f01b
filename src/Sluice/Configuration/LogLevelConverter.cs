using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace Sluice.Configuration;

/// <summary>Log levels by their lower-case names.</summary>
internal sealed class LogLevelConverter()
    : JsonStringEnumConverter<LogLevel>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
