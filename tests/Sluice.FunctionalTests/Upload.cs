using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>Bodies that nobody may want.</summary>
internal static class Upload
{
    /// <summary>Sends a number of bytes, or as many as the gateway lets it.</summary>
    public static async Task TrySendAsync(RawPeer client, int length)
    {
        try
        {
            for (var part = new byte[64 * 1024]; length > 0; length -= part.Length)
            {
                await client.SendAsync(part);
            }
        }
        catch (IOException)
        {
            // The gateway has given up.
        }
    }
}
