using System.Globalization;

namespace Sluice.Http;

/// <summary>Writes one piece after another into a span that is known to be large enough.</summary>
internal ref struct SpanWriter(Span<byte> span)
{
    private readonly Span<byte> _span = span;

    /// <summary>Bytes written.</summary>
    public int Written { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_span[Written..]);
        Written += bytes.Length;
    }

    public void Write(int number)
    {
        number.TryFormat(_span[Written..], out var written, default, CultureInfo.InvariantCulture);
        Written += written;
    }
}
