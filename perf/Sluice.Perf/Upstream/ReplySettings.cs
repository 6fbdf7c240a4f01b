using System.Buffers.Text;

namespace Sluice.Perf.Upstream;

/// <summary>
/// How the provider double answers one request. With <see cref="Tokens"/> above 0 it streams, else it sends JSON.
/// </summary>
/// <param name="TtftMs">From the end of the request to the first content event, or to the whole JSON answer.</param>
/// <param name="DelayMs">From one content event to the next.</param>
/// <param name="Tokens">Content events of a stream; 0 for a JSON answer.</param>
/// <param name="EventBytes">Size of a content event, its empty line included.</param>
/// <param name="BodyBytes">Size of a JSON answer.</param>
internal readonly record struct ReplySettings(double TtftMs, double DelayMs, int Tokens, int EventBytes, int BodyBytes)
{
    public const string TtftName = "x-sim-ttft-ms";
    public const string DelayName = "x-sim-delay-ms";
    public const string TokensName = "x-sim-tokens";
    public const string EventBytesName = "x-sim-event-bytes";
    public const string BodyBytesName = "x-sim-body-bytes";

    /// <summary>
    /// A quick JSON answer of 1 KB; a stream, where asked for, with events of the size that one token has.
    /// </summary>
    public static ReplySettings Default { get; } = new(0, 0, 0, 160, 1024);

    public const int SizeMax = 64 * 1024 * 1024;

    private const double DelayMsMax = 3_600_000;

    /// <summary>The settings with one of them replaced; unchanged when the name or the value is not known.</summary>
    public ReplySettings With(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!Utf8Parser.TryParse(value, out double number, out var used) || used != value.Length || !(number >= 0))
        {
            return this;
        }

        var size = (int)Math.Min(number, SizeMax);
        var delay = Math.Min(number, DelayMsMax);
        return name.Length switch
        {
            13 when IsNamed(name, "x-sim-ttft-ms"u8) => this with { TtftMs = delay },
            14 when IsNamed(name, "x-sim-delay-ms"u8) => this with { DelayMs = delay },
            12 when IsNamed(name, "x-sim-tokens"u8) => this with { Tokens = size },
            17 when IsNamed(name, "x-sim-event-bytes"u8) => this with { EventBytes = size },
            16 when IsNamed(name, "x-sim-body-bytes"u8) => this with { BodyBytes = size },
            _ => this,
        };
    }

    /// <summary>The settings with those of a request target's query replaced.</summary>
    public ReplySettings WithQuery(ReadOnlySpan<byte> target)
    {
        var settings = this;
        var question = target.IndexOf((byte)'?');
        var query = question < 0 ? default : target[(question + 1)..];
        foreach (var range in query.Split((byte)'&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf((byte)'=');
            if (equals > 0)
            {
                settings = settings.With(pair[..equals], pair[(equals + 1)..]);
            }
        }

        return settings;
    }

    private static bool IsNamed(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) =>
        System.Text.Ascii.EqualsIgnoreCase(name, expected);
}
