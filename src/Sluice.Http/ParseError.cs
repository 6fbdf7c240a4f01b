namespace Sluice.Http;

/// <summary>
/// The closed list of ways in which a message can be malformed. Which status a client is answered with is decided by
/// the caller, not here.
/// </summary>
public enum ParseError
{
    /// <summary>No error.</summary>
    None,

    /// <summary>The first line does not have the form <c>method SP target SP version</c> (RFC 9112, 3).</summary>
    InvalidRequestLine,

    /// <summary>The method is not a token (RFC 9110, 9.1).</summary>
    InvalidMethod,

    /// <summary>The request target has a character that no target may have (RFC 9112, 3.2).</summary>
    InvalidTarget,

    /// <summary>The version is well formed, but is not HTTP/1.x (RFC 9110, 15.6.6).</summary>
    UnsupportedVersion,

    /// <summary>The first line does not have the form <c>version SP status SP reason</c> (RFC 9112, 4).</summary>
    InvalidStatusLine,

    /// <summary>A line ends in LF without CR. Lenient line ends are how two parsers come to disagree.</summary>
    BareLineFeed,

    /// <summary>A line has a CR that is not followed by LF (RFC 9112, 2.2).</summary>
    BareCarriageReturn,

    /// <summary>A field line has no colon, or its name is empty or not a token (RFC 9112, 5).</summary>
    InvalidHeaderName,

    /// <summary>White space stands between a field name and its colon (RFC 9112, 5.1).</summary>
    WhitespaceBeforeColon,

    /// <summary>A field line begins with white space: obsolete line folding (RFC 9112, 5.2).</summary>
    LineFolding,

    /// <summary>A field value has NUL or another control character (RFC 9110, 5.5).</summary>
    InvalidHeaderValue,

    /// <summary>The request line is longer than <see cref="HttpLimits.RequestLineBytesMax"/>.</summary>
    RequestLineTooLong,

    /// <summary>The head is longer than <see cref="HttpLimits.HeadBytesMax"/>.</summary>
    HeadTooLarge,

    /// <summary>
    /// There are more than <see cref="HttpLimits.HeaderCountMax"/> field lines, or more than 32 options in
    /// <c>Connection</c>.
    /// </summary>
    TooManyHeaders,

    /// <summary>An HTTP/1.1 request without <c>Host</c> (RFC 9112, 3.2).</summary>
    MissingHost,

    /// <summary>More than one <c>Host</c> (RFC 9112, 3.2).</summary>
    DuplicateHost,

    /// <summary>A <c>Host</c> value that is no host and port (RFC 9112, 3.2).</summary>
    InvalidHost,

    /// <summary><c>Content-Length</c> is not one plain decimal number that fits 63 bits (RFC 9110, 8.6).</summary>
    InvalidContentLength,

    /// <summary>More than one <c>Content-Length</c> field line, equal or not (RFC 9112, 6.3).</summary>
    DuplicateContentLength,

    /// <summary>Both <c>Content-Length</c> and <c>Transfer-Encoding</c> (RFC 9112, 6.3, smuggling).</summary>
    ConflictingFraming,

    /// <summary><c>Transfer-Encoding</c> is empty, malformed, repeats chunked, or does not end in chunked.</summary>
    InvalidTransferEncoding,

    /// <summary>A transfer coding other than chunked (RFC 9112, 6.1).</summary>
    UnsupportedTransferCoding,

    /// <summary><c>Transfer-Encoding</c> in an HTTP/1.0 message: its framing is faulty (RFC 9112, 6.1).</summary>
    TransferEncodingInHttp10,

    /// <summary>An HTTP/1.0 request with a method that carries a body, but without a length.</summary>
    LengthRequired,

    /// <summary>An expectation other than <c>100-continue</c> (RFC 9110, 10.1.1).</summary>
    UnknownExpectation,

    /// <summary>A chunk size is missing, not hexadecimal, or does not fit 60 bits (RFC 9112, 7.1).</summary>
    InvalidChunkSize,

    /// <summary>A chunk extension has a control character, or is longer than allowed (RFC 9112, 7.1.1).</summary>
    InvalidChunkExtension,

    /// <summary>Chunk data is not followed by CRLF (RFC 9112, 7.1).</summary>
    InvalidChunkEnd,

    /// <summary>
    /// The trailer section is malformed, too long, or has a field that trailers may not have (RFC 9110, 6.5.1).
    /// </summary>
    InvalidTrailer,

    /// <summary>The client opened with the HTTP/2 connection preface (RFC 9113, 3.4).</summary>
    Http2Preface,

    /// <summary>The client opened with a TLS handshake on a plaintext listener.</summary>
    TlsHandshake,
}
