using System.Globalization;
using System.Text;

namespace Sluice.Fuzz;

/// <summary>
/// Bytes as printable text: <c>\r \n \t \0 \\ \"</c>, <c>\xNN</c> for other bytes outside printable ASCII, and
/// <c>\{text*count}</c> for a repetition.
/// </summary>
internal static class Escaped
{
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var b in bytes)
        {
            _ = b switch
            {
                (byte)'\r' => text.Append("\\r"),
                (byte)'\n' => text.Append("\\n"),
                (byte)'\t' => text.Append("\\t"),
                0 => text.Append("\\0"),
                (byte)'\\' => text.Append("\\\\"),
                (byte)'"' => text.Append("\\\""),
                >= 0x20 and < 0x7F => text.Append((char)b),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}"),
            };
        }

        return text.ToString();
    }

    /// <exception cref="FormatException">The text has an escape that is not one of the above.</exception>
    public static byte[] Read(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.Add(checked((byte)text[i]));
                continue;
            }

            switch (text[++i])
            {
                case 'r': bytes.Add((byte)'\r'); break;
                case 'n': bytes.Add((byte)'\n'); break;
                case 't': bytes.Add((byte)'\t'); break;
                case '0': bytes.Add(0); break;
                case '\\': bytes.Add((byte)'\\'); break;
                case '"': bytes.Add((byte)'"'); break;
                case 'x':
                    bytes.Add(byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i += 2;
                    break;
                case '{':
                    var end = text.IndexOf('}', i);
                    var star = text.LastIndexOf('*', end);
                    var count = int.Parse(text.AsSpan((star + 1)..end), CultureInfo.InvariantCulture);
                    var part = Read(text[(i + 1)..star]);
                    for (; count > 0; count--)
                    {
                        bytes.AddRange(part);
                    }

                    i = end;
                    break;
                default:
                    throw new FormatException($"Unknown escape \\{text[i]}.");
            }
        }

        return [.. bytes];
    }
}
