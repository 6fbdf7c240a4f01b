using Sluice.Http;

namespace Sluice.Proxy.Model;

/// <summary>What a provider needs to know of a request in order to say where it goes.</summary>
internal readonly ref struct ProviderRequest
{
    /// <summary>The account in the URL, or that of the default gateway.</summary>
    public required ReadOnlySpan<byte> Account { get; init; }

    /// <summary>
    /// The path behind the provider's segment, escapes as sent, runs of slashes folded: empty, or it begins with a
    /// slash.
    /// </summary>
    public required ReadOnlySpan<byte> Path { get; init; }

    /// <summary>The query with its question mark, byte for byte as sent; or empty.</summary>
    public required ReadOnlySpan<byte> Query { get; init; }

    /// <summary>The client's field lines.</summary>
    public required HeaderTable Headers { get; init; }
}
