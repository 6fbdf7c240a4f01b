namespace Sluice.Http;

/// <summary>
/// Walks over the items of a comma-separated field value (RFC 9110, 5.6.1); empty items are passed over.
/// </summary>
/// <param name="value">The field value.</param>
public ref struct TokenList(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;

    /// <summary>Takes the next item, without the white space around it.</summary>
    /// <returns>False at the end of the list.</returns>
    public bool TryTake(out ReadOnlySpan<byte> item)
    {
        while (_rest.Length > 0)
        {
            var comma = _rest.IndexOf((byte)',');
            item = comma < 0 ? _rest : _rest[..comma];
            _rest = comma < 0 ? default : _rest[(comma + 1)..];
            item = item.Trim(" \t"u8);
            if (item.Length > 0)
            {
                return true;
            }
        }

        item = default;
        return false;
    }
}
