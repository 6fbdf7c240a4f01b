using System.Net;
using Microsoft.Extensions.Logging;

namespace Sluice.Proxy.Diagnostics;

/// <summary>All log messages of the data path. Secrets, bodies and queries are never among their arguments.</summary>
internal static partial class ProxyLog
{
    /// <summary>A client began with HTTP/2.</summary>
    [LoggerMessage(EventIds.Http2Refused, LogLevel.Warning,
        "Connection {ConnectionId} from {Client} opened with HTTP/2, which this listener does not speak; "
        + "set the client to HTTP/1.1.")]
    public static partial void Http2Refused(this ILogger logger, string connectionId, EndPoint? client);

    /// <summary>A client began a TLS handshake with a plaintext listener.</summary>
    [LoggerMessage(EventIds.TlsOnPlaintext, LogLevel.Warning,
        "Connection {ConnectionId} from {Client} began a TLS handshake with a plaintext listener; "
        + "set the client to http://, or give the listener a certificate.")]
    public static partial void TlsOnPlaintext(this ILogger logger, string connectionId, EndPoint? client);

    /// <summary>A fault in the gateway ended a connection.</summary>
    [LoggerMessage(EventIds.ConnectionFault, LogLevel.Error,
        "Connection {ConnectionId} was cut off by a fault in the gateway.")]
    public static partial void ConnectionFault(this ILogger logger, Exception fault, string connectionId);

    /// <summary>
    /// An exchange is over: one line, whose arguments are safe to print. Times are in milliseconds since the request's
    /// head was whole; <c>-</c> stands for what there was not.
    /// </summary>
    [LoggerMessage(EventId = EventIds.ExchangeEnded, Message =
        "{Method} {Path} {Status} provider={Provider} gateway={Gateway} in={RequestBytes} out={ResponseBytes} "
        + "ttfb_ms={Ttfb} ttft_ms={Ttft} duration_ms={Duration} outcome={Outcome} reason={Reason} "
        + "reused={ReusedConnection} attempts={Attempts}")]
    public static partial void ExchangeEnded(
        this ILogger logger,
        LogLevel level,
        string method,
        string path,
        int status,
        string provider,
        string gateway,
        long requestBytes,
        long responseBytes,
        string ttfb,
        string ttft,
        string duration,
        string outcome,
        string reason,
        bool reusedConnection,
        int attempts);

    /// <summary>Exchanges were not logged: there were too many of them, or a log provider failed.</summary>
    [LoggerMessage(EventIds.RecordsDropped, LogLevel.Warning,
        "{Count} exchanges were not logged, {Total} since the start; the traffic itself was not affected.")]
    public static partial void RecordsDropped(this ILogger logger, Exception? fault, long count, long total);
}
