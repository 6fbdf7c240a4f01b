namespace Sluice.Testing;

/// <summary>The recorded messages of <c>Fixtures/</c>, which the build copies beside every test assembly.</summary>
public static class FixtureFiles
{
    private const string Extension = ".http";

    /// <summary>The folder of the fixtures.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    /// <summary>The names of the recorded requests, without folder and extension, in ordinal order.</summary>
    public static IReadOnlyList<string> Requests { get; } = List("requests");

    /// <summary>The names of the recorded responses, without folder and extension, in ordinal order.</summary>
    public static IReadOnlyList<string> Responses { get; } = List("responses");

    /// <summary>The bytes of a recorded request.</summary>
    /// <exception cref="FileNotFoundException">There is no request of that name.</exception>
    public static byte[] ReadRequest(string name) => Read("requests", name);

    /// <summary>The bytes of a recorded response.</summary>
    /// <exception cref="FileNotFoundException">There is no response of that name.</exception>
    public static byte[] ReadResponse(string name) => Read("responses", name);

    /// <summary>Divides a message into its head, closing empty line included, and the bytes of its body as they were
    /// on the wire, chunked framing included.</summary>
    /// <exception cref="FormatException">The message has no whole head.</exception>
    public static (byte[] Head, byte[] Body) Split(byte[] message)
    {
        var end = message.AsSpan().IndexOf("\r\n\r\n"u8);
        return end >= 0
            ? (message[..(end + 4)], message[(end + 4)..])
            : throw new FormatException("The message has no empty line after its head.");
    }

    private static byte[] Read(string kind, string name) =>
        File.ReadAllBytes(Path.Combine(Folder, kind, name + Extension));

    private static string[] List(string kind)
    {
        var names = Directory.GetFiles(Path.Combine(Folder, kind), "*" + Extension);
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Path.GetFileNameWithoutExtension(names[i]);
        }

        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }
}
