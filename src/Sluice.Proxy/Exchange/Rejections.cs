using Sluice.Http;

namespace Sluice.Proxy.Exchange;

/// <summary>
/// The one table from a reason to its status and code. Codes are part of the contract and never change their meaning:
/// where Cloudflare AI Gateway has a code it is used (2xxx); the others are the status times ten and a number.
/// </summary>
internal static class Rejections
{
    /// <summary>What a reason is answered with.</summary>
    public static Rejection Of(RejectionReason reason) => reason switch
    {
        RejectionReason.BadRequest => new(400, 4000, FaultParty.Client,
            "Malformed request", "Send an HTTP/1.1 message as RFC 9112 defines it."),
        RejectionReason.RequestBodyInvalid => new(400, 4001, FaultParty.Client,
            "Malformed request body",
            "The chunked coding of the body is broken; what the upstream got of the request was cut off."),
        RejectionReason.InvalidPath => new(400, 4002, FaultParty.Client,
            "Invalid path for this provider", "Correct the path."),
        RejectionReason.NotFound => new(404, 4040, FaultParty.Client,
            "No such path", "Use /v1/{account}/{gateway}/{provider}/... or /{provider}/..."),
        RejectionReason.UnknownGateway => new(404, 2001, FaultParty.Client,
            "Unknown gateway", "Use a gateway that is configured."),
        RejectionReason.UnknownProvider => new(404, 2008, FaultParty.Client,
            "Invalid provider", "Use a provider that is configured."),
        RejectionReason.RequestHeadTimeout => new(408, 4080, FaultParty.Client,
            "The request head did not arrive in time", "Send the request again."),
        RejectionReason.RequestBodyTimeout => new(408, 4081, FaultParty.Client,
            "The request body did not arrive in time", "Send the request again."),
        RejectionReason.LengthRequired => new(411, 4110, FaultParty.Client,
            "Length required", "Send Content-Length, or use HTTP/1.1."),
        RejectionReason.RequestBodyTooLong => new(413, 4130, FaultParty.Client,
            "The request body is too long", "Send less, or raise limits.request_body_bytes."),
        RejectionReason.RequestLineTooLong => new(414, 4140, FaultParty.Client,
            "The request line is too long", "Shorten the URL, or raise limits.request_line_bytes."),
        RejectionReason.ExpectationFailed => new(417, 4170, FaultParty.Client,
            "Unknown expectation", "Only Expect: 100-continue is understood."),
        RejectionReason.HeadTooLarge => new(431, 4310, FaultParty.Client,
            "The request head is too large", "Send fewer or shorter headers, or raise limits.request_head_bytes."),
        RejectionReason.InternalError => new(500, 5000, FaultParty.Gateway,
            "Internal error", "The gateway's log has the details."),
        RejectionReason.NotImplemented => new(501, 5010, FaultParty.Client,
            "Not implemented", "CONNECT and transfer codings other than chunked are not served."),
        RejectionReason.Unsupported => new(501, 5011, FaultParty.Gateway,
            "Not available in this version", "Call the provider's own path."),
        RejectionReason.UpstreamConnectFailed => new(502, 5020, FaultParty.Upstream,
            "Could not connect to the provider", "Check the provider's base_url and the network."),
        RejectionReason.UpstreamTlsFailed => new(502, 5021, FaultParty.Upstream,
            "The TLS handshake with the provider failed",
            "Check the provider's certificate; a private CA goes into upstream.ca_bundle."),
        RejectionReason.UpstreamMalformed => new(502, 5022, FaultParty.Upstream,
            "The provider sent a malformed response", "Check that base_url names an HTTP/1.1 server."),
        RejectionReason.UpstreamClosed => new(502, 5023, FaultParty.Upstream,
            "The provider closed the connection before it answered", "Send the request again."),
        RejectionReason.UpstreamNameNotResolved => new(502, 5024, FaultParty.Upstream,
            "The provider's host name has no address", "Check the provider's base_url and the DNS."),
        RejectionReason.UpstreamProxyFailed => new(502, 5025, FaultParty.Upstream,
            "The proxy on the way to the provider failed", "Check HTTPS_PROXY, NO_PROXY and the proxy's credentials."),
        RejectionReason.ShuttingDown => new(503, 5030, FaultParty.Gateway,
            "The gateway is shutting down", "Send the request again."),
        RejectionReason.UpstreamConnectTimeout => new(504, 5040, FaultParty.Upstream,
            "Connecting to the provider took too long", "Check the network, or raise upstream.connect_timeout_ms."),
        RejectionReason.UpstreamHeadTimeout => new(504, 5041, FaultParty.Upstream,
            "The provider did not begin its response in time", "Raise upstream.response_head_timeout_ms."),
        RejectionReason.VersionNotSupported => new(505, 5050, FaultParty.Client,
            "HTTP version not supported", "Use HTTP/1.1."),
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, message: null),
    };

    /// <summary>The reason that a malformed request is refused for.</summary>
    public static RejectionReason Of(ParseError error) => error switch
    {
        ParseError.RequestLineTooLong => RejectionReason.RequestLineTooLong,
        ParseError.HeadTooLarge or ParseError.TooManyHeaders => RejectionReason.HeadTooLarge,
        ParseError.UnsupportedVersion => RejectionReason.VersionNotSupported,
        ParseError.UnsupportedTransferCoding => RejectionReason.NotImplemented,
        ParseError.UnknownExpectation => RejectionReason.ExpectationFailed,
        ParseError.LengthRequired => RejectionReason.LengthRequired,
        _ => RejectionReason.BadRequest,
    };

    /// <summary>What is wrong with a message, in words for its sender.</summary>
    public static string Describe(ParseError error) => error switch
    {
        ParseError.InvalidRequestLine => "the request line is not 'METHOD target HTTP/1.1'",
        ParseError.InvalidMethod => "the method is not a token",
        ParseError.InvalidTarget => "the request target has a character that must be percent-encoded",
        ParseError.UnsupportedVersion => "the version is not HTTP/1.0 or HTTP/1.1",
        ParseError.InvalidStatusLine => "the status line is not 'HTTP/1.1 CODE reason'",
        ParseError.BareLineFeed => "a line ends in LF without CR",
        ParseError.BareCarriageReturn => "a CR is not followed by LF",
        ParseError.InvalidHeaderName => "a header name is empty or not a token",
        ParseError.WhitespaceBeforeColon => "white space stands before the colon of a header",
        ParseError.LineFolding => "a header is folded over several lines",
        ParseError.InvalidHeaderValue => "a header value has a control character",
        ParseError.RequestLineTooLong => "the request line is longer than the limit",
        ParseError.HeadTooLarge => "the head is larger than the limit",
        ParseError.TooManyHeaders => "there are more headers than the limit",
        ParseError.MissingHost => "Host is missing",
        ParseError.DuplicateHost => "there is more than one Host",
        ParseError.InvalidHost => "Host is not a host name and port",
        ParseError.InvalidContentLength => "Content-Length is not a plain decimal number",
        ParseError.DuplicateContentLength => "there is more than one Content-Length",
        ParseError.ConflictingFraming => "there are both Content-Length and Transfer-Encoding",
        ParseError.InvalidTransferEncoding => "Transfer-Encoding does not end in a single 'chunked'",
        ParseError.UnsupportedTransferCoding => "Transfer-Encoding has a coding other than 'chunked'",
        ParseError.TransferEncodingInHttp10 => "an HTTP/1.0 message has Transfer-Encoding",
        ParseError.LengthRequired => "an HTTP/1.0 request with a body needs Content-Length",
        ParseError.UnknownExpectation => "Expect is not '100-continue'",
        ParseError.InvalidChunkSize => "a chunk size is not a plain hexadecimal number",
        ParseError.InvalidChunkExtension => "a chunk extension is malformed or too long",
        ParseError.InvalidChunkEnd => "chunk data is not followed by CRLF",
        ParseError.InvalidTrailer =>
            "the trailer section is malformed, too long, or has a field that must not be there",
        ParseError.TlsHandshake => "this listener speaks plain HTTP, and the client began a TLS handshake; use http://",
        ParseError.Http2Preface => "this listener speaks HTTP/1.1, and the client began with HTTP/2",
        _ => "the message is malformed",
    };
}
