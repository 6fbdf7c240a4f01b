namespace Sluice.Http;

/// <summary>
/// What a client that opens with the HTTP/2 preface is answered: the server preface, which must be a SETTINGS frame
/// (RFC 9113, 3.4), and a GOAWAY with HTTP_1_1_REQUIRED (RFC 9113, 7), after which the connection is closed.
/// </summary>
public static class Http2Refusal
{
    /// <summary>The two frames.</summary>
    public static ReadOnlySpan<byte> Frames =>
    [
        // SETTINGS: length 0, type 4, flags 0, stream 0.
        0, 0, 0, 4, 0, 0, 0, 0, 0,
        // GOAWAY: length 8, type 7, flags 0, stream 0; last stream 0; error 13 (HTTP_1_1_REQUIRED).
        0, 0, 8, 7, 0, 0, 0, 0, 0,
        0, 0, 0, 0,
        0, 0, 0, 13,
    ];
}
