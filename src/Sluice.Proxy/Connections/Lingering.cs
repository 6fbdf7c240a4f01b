using System.IO.Pipelines;
using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Connections;

/// <summary>
/// Reads on after a refusal and throws away what comes: closing a socket with unread bytes sends a reset, which may
/// destroy the answer before the client has read it (RFC 9112, 9.6).
/// </summary>
internal static class Lingering
{
    /// <summary>How long a client is read on.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(2);

    private const long BytesMax = 64L * 1024 * 1024;

    /// <summary>Reads until the client ends, has sent too much, or the time is over.</summary>
    /// <param name="input">What the client sends.</param>
    /// <param name="isOver">Whether the time is over; a pending read is cancelled when it is.</param>
    public static async ValueTask RunAsync(PipeReader input, Func<bool> isOver)
    {
        long dropped = 0;
        try
        {
            while (!isOver() && dropped < BytesMax)
            {
                var read = await input.ReadAsync();
                dropped += read.Buffer.Length;
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception error) when (LostConnection.Is(error))
        {
            // The client has gone, which is what this waits for.
        }
    }
}
