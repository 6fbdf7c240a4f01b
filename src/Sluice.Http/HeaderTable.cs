using System.Diagnostics;
using System.Text;

namespace Sluice.Http;

/// <summary>
/// The field lines of one head, in order, as offsets into the bytes that were received. Filled by the parser and reused
/// for the next head; not thread-safe.
/// </summary>
public sealed class HeaderTable
{
    private const int InitialCapacity = 32;

    private HeaderLine[] _lines = new HeaderLine[InitialCapacity];
    private byte[] _bytes = [];
    private ulong _present;

    /// <summary>The number of field lines.</summary>
    public int Count { get; private set; }

    /// <summary>The field line at a position from 0 to <see cref="Count"/> - 1.</summary>
    public ref readonly HeaderLine this[int index] => ref _lines.AsSpan(0, Count)[index];

    /// <summary>The name of a field line, in the case it was sent in.</summary>
    public ReadOnlySpan<byte> Name(in HeaderLine line) => _bytes.AsSpan(line.LineStart, line.NameLength);

    /// <summary>The value of a field line, without the white space around it.</summary>
    public ReadOnlySpan<byte> Value(in HeaderLine line) => _bytes.AsSpan(line.ValueStart, line.ValueLength);

    /// <summary>Whether the field is there at least once.</summary>
    public bool Has(KnownHeader id) => (_present & 1UL << (int)id) != 0;

    /// <summary>The value of the first line of a field.</summary>
    /// <returns>False where the field is not there.</returns>
    public bool TryGetValue(KnownHeader id, out ReadOnlySpan<byte> value)
    {
        if (Has(id))
        {
            foreach (ref readonly var line in Lines)
            {
                if (line.Id == id)
                {
                    value = Value(line);
                    return true;
                }
            }
        }

        value = default;
        return false;
    }

    /// <summary>The value of the first line of a field that has no id of its own, by its name in any case.</summary>
    /// <returns>False where the field is not there.</returns>
    public bool TryGetValue(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var line in Lines)
        {
            if (line.NameLength == name.Length && Ascii.EqualsIgnoreCase(Name(line), name))
            {
                value = Value(line);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>How many lines a field has.</summary>
    public int CountOf(KnownHeader id)
    {
        if (!Has(id))
        {
            return 0;
        }

        var count = 0;
        foreach (ref readonly var line in Lines)
        {
            count += line.Id == id ? 1 : 0;
        }

        return count;
    }

    /// <summary>Whether a list-valued field (RFC 9110, 5.6.1) has a token, in any of its lines and any case.</summary>
    public bool HasToken(KnownHeader id, ReadOnlySpan<byte> token)
    {
        if (!Has(id))
        {
            return false;
        }

        foreach (ref readonly var line in Lines)
        {
            if (line.Id != id)
            {
                continue;
            }

            var list = new TokenList(Value(line));
            while (list.TryTake(out var item))
            {
                if (Ascii.EqualsIgnoreCase(item, token))
                {
                    return true;
                }
            }
        }

        return false;
    }

    internal ReadOnlySpan<HeaderLine> Lines => _lines.AsSpan(0, Count);

    internal void Clear()
    {
        Count = 0;
        _present = 0;
    }

    internal void Add(in HeaderLine line)
    {
        if (Count == _lines.Length)
        {
            Array.Resize(ref _lines, _lines.Length * 2);
        }

        Debug.Assert(line.LineStart + line.NameLength < line.LineEnd);
        _lines[Count++] = line;
        _present |= 1UL << (int)line.Id;
    }

    // The offsets stay valid when a head outgrows its buffer; only the array behind them is another one.
    internal void Attach(byte[] bytes) => _bytes = bytes;
}
