using System.Text;

namespace Sluice.Fuzz.Reference;

/// <summary>
/// The event stream interpretation of WHATWG HTML, section 9.2.6, transcribed sentence by sentence over a whole
/// stream: slow and plain, to judge the product's parser by. Bytes are held as Latin-1 characters.
/// </summary>
internal static class ReferenceSseReader
{
    public static List<ReferenceSseEvent> Read(ReadOnlySpan<byte> stream, int eventBytesMax = int.MaxValue)
    {
        var events = new List<ReferenceSseEvent>();
        var position = stream.StartsWith((byte[])[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        var blockStart = -1;
        string data = "", type = "", lastId = "";
        var oversized = false;
        while (TryReadLine(stream, position, out var line, out var afterFirstEndByte, out var next))
        {
            if (line.Length == 0)
            {
                if (data.Length > 0 && !oversized)
                {
                    type = type.Length > 0 ? type : "message";
                    events.Add(new(type, data[..^1], lastId, blockStart, afterFirstEndByte));
                }

                (data, type, blockStart, oversized) = ("", "", -1, false);
            }
            else
            {
                blockStart = blockStart < 0 ? position : blockStart;
                oversized |= position + line.Length - blockStart > eventBytesMax;
                if (!oversized)
                {
                    TakeField(line, ref data, ref type, ref lastId);
                }
            }

            position = next;
        }

        return events;
    }

    private static bool TryReadLine(
        ReadOnlySpan<byte> stream, int position, out string line, out int afterFirstEndByte, out int next)
    {
        for (var i = position; i < stream.Length; i++)
        {
            if (stream[i] is (byte)'\r' or (byte)'\n')
            {
                line = Encoding.Latin1.GetString(stream[position..i]);
                afterFirstEndByte = i + 1;
                next = stream[i] == '\r' && i + 1 < stream.Length && stream[i + 1] == '\n' ? i + 2 : i + 1;
                return true;
            }
        }

        line = "";
        afterFirstEndByte = next = stream.Length;
        return false;
    }

    private static void TakeField(string line, ref string data, ref string type, ref string lastId)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? "" : line[(colon + 1)..];
        value = value.StartsWith(' ') ? value[1..] : value;
        switch (name)
        {
            case "data":
                data += value + "\n";
                break;
            case "event":
                type = value;
                break;
            case "id" when !value.Contains('\0', StringComparison.Ordinal):
                lastId = value;
                break;
        }
    }
}
