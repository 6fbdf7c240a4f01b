using System.Buffers.Binary;
using System.Security.Cryptography;
using Sluice.Testing;

namespace Sluice.FunctionalTests;

/// <summary>Bodies that are too long to be held: they are made, sent, received and compared by their hash.</summary>
internal sealed class Bulk
{
    private const int PartBytes = 64 * 1024;

    private readonly byte[] _part = new byte[PartBytes];
    private long _sent;

    public Bulk() => new Random(1).NextBytes(_part);

    /// <summary>Bytes that the socket has taken so far.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Sends a body of a length, each part different from the others.</summary>
    /// <returns>Its hash.</returns>
    public async Task<string> SendAsync(RawPeer peer, long length, bool chunked = false)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long at = 0; at < length; at += PartBytes)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_part, at);
            var part = _part.AsMemory(0, (int)Math.Min(PartBytes, length - at));
            hash.AppendData(part.Span);
            await peer.SendAsync(chunked ? $"{part.Length:x}\r\n" : "");
            await peer.SendAsync(part);
            await peer.SendAsync(chunked ? "\r\n" : "");
            Volatile.Write(ref _sent, at + part.Length);
        }

        await peer.SendAsync(chunked ? "0\r\n\r\n" : "");
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Receives a body of a length.</summary>
    /// <returns>Its hash.</returns>
    public static async Task<string> ReceiveAsync(RawPeer peer, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (length > 0)
        {
            var part = await peer.ReadSomeAsync((int)Math.Min(length, PartBytes));
            if (part.Length == 0)
            {
                throw new IOException($"The body ended {length} bytes too early.");
            }

            hash.AppendData(part.Span);
            length -= part.Length;
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Receives a chunked body of which each chunk is a part.</summary>
    /// <returns>Its hash.</returns>
    public static async Task<string> ReceiveChunkedAsync(RawPeer peer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            var size = Convert.ToInt32((await peer.ReadUntilAsync("\r\n"))[..^2], 16);
            hash.AppendData(await peer.ReadBytesAsync(size));
            await peer.ReadUntilAsync("\r\n");
            if (size == 0)
            {
                return Convert.ToHexString(hash.GetHashAndReset());
            }
        }
    }

    /// <summary>Waits until nothing more is taken: all buffers on the way are full.</summary>
    public async Task WaitForStallAsync()
    {
        var hang = Task.Delay(Hang.Limit);
        for (long last = -1; Sent != last || last == 0;)
        {
            if (hang.IsCompleted)
            {
                throw new TimeoutException("It never stalled.");
            }

            last = Sent;
            await Task.Delay(500);
        }
    }
}
