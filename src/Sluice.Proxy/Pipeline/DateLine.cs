using System.Globalization;
using System.Text;

namespace Sluice.Proxy.Pipeline;

/// <summary>The <c>Date</c> line of this second (RFC 9110, 6.6.1), formatted once a second. Thread-safe.</summary>
internal sealed class DateLine
{
    private long _second;
    private byte[] _line = [];

    public DateLine(TimeProvider time) => Update(time);

    /// <summary>The whole line with its CRLF.</summary>
    public ReadOnlyMemory<byte> Bytes => Volatile.Read(ref _line);

    /// <summary>Formats the line anew where another second has begun.</summary>
    public void Update(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var second = now.ToUnixTimeSeconds();
        if (Interlocked.Exchange(ref _second, second) != second)
        {
            var text = now.ToString("R", CultureInfo.InvariantCulture);
            Volatile.Write(ref _line, Encoding.ASCII.GetBytes($"Date: {text}\r\n"));
        }
    }
}
