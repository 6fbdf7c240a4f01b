namespace Sluice.Http;

/// <summary>How the end of a body is found (RFC 9112, 6.3).</summary>
public enum BodyKind : byte
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>The body has a given number of bytes.</summary>
    ContentLength,

    /// <summary>The body is in chunked transfer coding.</summary>
    Chunked,

    /// <summary>The body ends with the connection; only a response may do that.</summary>
    UntilClose,
}

/// <summary>How a body is framed.</summary>
/// <param name="Kind">The way its end is found.</param>
/// <param name="Length">Bytes, for <see cref="BodyKind.ContentLength"/>; else 0.</param>
public readonly record struct BodyFraming(BodyKind Kind, long Length)
{
    /// <summary>No body.</summary>
    public static BodyFraming None => default;

    /// <summary>Whether bytes of a body, or of its framing, follow the head.</summary>
    public bool HasBody => Kind != BodyKind.None && this != OfLength(0);

    /// <summary>A chunked body.</summary>
    public static BodyFraming Chunked => new(BodyKind.Chunked, 0);

    /// <summary>A body that ends with the connection.</summary>
    public static BodyFraming UntilClose => new(BodyKind.UntilClose, 0);

    /// <summary>A body of a given length.</summary>
    public static BodyFraming OfLength(long length) => new(BodyKind.ContentLength, length);
}
