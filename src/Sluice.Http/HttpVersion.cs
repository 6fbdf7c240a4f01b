namespace Sluice.Http;

/// <summary>The version of a message. A minor version above 1 is treated as 1.1 (RFC 9110, 2.5).</summary>
public enum HttpVersion : byte
{
    /// <summary>HTTP/1.1</summary>
    Http11,

    /// <summary>HTTP/1.0</summary>
    Http10,
}
