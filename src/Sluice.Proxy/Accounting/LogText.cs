using System.Globalization;
using System.Text;

namespace Sluice.Proxy.Accounting;

/// <summary>Makes text of clients safe for a log line.</summary>
internal static class LogText
{
    /// <summary>
    /// Writes whatever is not visible ASCII as <c>\uXXXX</c>, so that no client can begin a line of its own, colour a
    /// terminal or turn the direction of the text, and the backslash twice, so that nothing else looks like an escape.
    /// </summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0 && !text.Contains('\\'))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            if (character == '\\')
            {
                escaped.Append(@"\\");
            }
            else if (character is >= '!' and <= '~')
            {
                escaped.Append(character);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
        }

        return escaped.ToString();
    }
}
