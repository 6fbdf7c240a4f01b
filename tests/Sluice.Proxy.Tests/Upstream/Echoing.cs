using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Proxy.Tests.Upstream;

/// <summary>Sends a text and reads it back.</summary>
internal static class Echoing
{
    public static async Task<string> EchoAsync(
        this ConnectionContext connection, string text, CancellationToken cancellationToken)
    {
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
        return await connection.ReadTextAsync(text.Length, cancellationToken);
    }

    public static async Task<string> ReadTextAsync(
        this ConnectionContext connection, int length, CancellationToken cancellationToken)
    {
        var result = await connection.Transport.Input.ReadAtLeastAsync(length, cancellationToken);
        var text = Encoding.ASCII.GetString(result.Buffer.ToArray());
        connection.Transport.Input.AdvanceTo(result.Buffer.End);
        return text;
    }
}
