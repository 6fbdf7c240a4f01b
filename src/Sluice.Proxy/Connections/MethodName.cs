using System.Text;

namespace Sluice.Proxy.Connections;

/// <summary>The name of a method as a string, shared for those that are in use.</summary>
internal static class MethodName
{
    private const int LengthMax = 32;

    /// <summary>The name; long ones, which no protocol has, are cut.</summary>
    public static string Of(ReadOnlySpan<byte> method)
    {
        if (method.SequenceEqual("POST"u8))
        {
            return "POST";
        }

        if (method.SequenceEqual("GET"u8))
        {
            return "GET";
        }

        return method.SequenceEqual("HEAD"u8)
            ? "HEAD"
            : Encoding.ASCII.GetString(method[..Math.Min(method.Length, LengthMax)]);
    }
}
