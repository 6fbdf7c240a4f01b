using System.Buffers.Text;

namespace Sluice.Perf.Wire;

/// <summary>Walks the header fields of a head that <see cref="HeadBuffer"/> found.</summary>
internal ref struct HeaderField
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the given head, whose first line becomes <see cref="StartLine"/>.</summary>
    public HeaderField(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf("\r\n"u8);
        StartLine = head[..end];
        _rest = head[(end + 2)..];
    }

    public ReadOnlySpan<byte> StartLine { get; }

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Moves to the next field; false after the last.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var end = _rest.IndexOf("\r\n"u8);
        var line = _rest[..end];
        _rest = _rest[(end + 2)..];
        var colon = line.IndexOf((byte)':');
        Name = colon < 0 ? line : line[..colon];
        Value = colon < 0 ? default : line[(colon + 1)..].Trim((byte)' ');
        return true;
    }

    /// <summary>Whether the field bears the given lower-case name.</summary>
    public readonly bool Is(ReadOnlySpan<byte> lowerName) =>
        Name.Length == lowerName.Length && System.Text.Ascii.EqualsIgnoreCase(Name, lowerName);

    /// <summary>The value as a whole number that is not negative, or -1.</summary>
    public readonly long Number() => ParseNumber(Value);

    public static long ParseNumber(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length && number >= 0 ? number : -1;
}
