using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.WebUtilities;
using Sluice.Http;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// Asks an HTTP proxy for a tunnel (RFC 9110, 9.3.6). Plaintext upstreams are tunnelled too: then the proxy cannot
/// change their messages, and there is one way to use a proxy instead of two.
/// </summary>
internal static class ProxyTunnel
{
    /// <summary>
    /// Sends CONNECT and reads the answer. After it the connection carries the bytes of the upstream; those that came
    /// together with the answer are still in the pipe.
    /// </summary>
    /// <param name="connection">A connection to the proxy. It stays with the caller.</param>
    /// <param name="proxy">The URL of the proxy; its user information goes to the proxy as Basic credentials.</param>
    /// <param name="address">The upstream.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException">The attempt was ended.</exception>
    public static async ValueTask<UpstreamError> OpenAsync(
        ConnectionContext connection, Uri proxy, UpstreamAddress address, CancellationToken cancellationToken)
    {
        var transport = connection.Transport;
        try
        {
            await transport.Output.WriteAsync(Request(proxy, address), cancellationToken);
            using var head = new ResponseHead(HttpLimits.Default);
            while (true)
            {
                var status = await ReadHeadAsync(transport.Input, head, cancellationToken);
                if (status != ParseStatus.Complete)
                {
                    return Failed(proxy, status == ParseStatus.Invalid
                        ? $"its answer to CONNECT is not HTTP: {Rejections.Describe(head.Error)}"
                        : "it closed the connection before it answered CONNECT");
                }

                if (!head.IsInterim)
                {
                    return Judge(head, proxy);
                }

                head.Reset();
            }
        }
        catch (Exception e) when (TransportFault.Is(e, cancellationToken))
        {
            return Failed(proxy, "the connection broke before it answered CONNECT");
        }
    }

    /// <summary>A fault of a proxy. Of its URL only host and port are named, for the rest holds a password.</summary>
    public static UpstreamError Failed(Uri proxy, string? detail) =>
        new(RejectionReason.UpstreamProxyFailed, $"proxy {proxy.Authority}: {detail}");

    // NeedMoreData means that the connection ended within the head.
    private static async ValueTask<ParseStatus> ReadHeadAsync(
        PipeReader input, ResponseHead head, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var status = head.Parse(buffer);
            if (status == ParseStatus.Complete)
            {
                // Examined no further than consumed: what follows must be there for the next read at once.
                input.AdvanceTo(buffer.GetPosition(head.Length));
                return status;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (status == ParseStatus.Invalid || result.IsCompleted)
            {
                return status;
            }
        }
    }

    // Content-Length and Transfer-Encoding of a successful answer mean nothing (RFC 9110, 9.3.6).
    private static UpstreamError Judge(ResponseHead head, Uri proxy)
    {
        if (head.Status is >= 200 and < 300)
        {
            return UpstreamError.None;
        }

        // The reason phrase is not repeated: it is the proxy's text, and clients of the gateway are to read this.
        var status = head.Status.ToString(CultureInfo.InvariantCulture);
        var hint = head.Status switch
        {
            407 when proxy.UserInfo.Length == 0 => "; put user name and password into the proxy's URL",
            407 => "; it does not accept the user name and password of its URL",
            _ => "",
        };
        return Failed(proxy, $"it answered CONNECT with {status} {ReasonPhrases.GetReasonPhrase(head.Status)}{hint}");
    }

    private static byte[] Request(Uri proxy, UpstreamAddress address)
    {
        var request = new StringBuilder()
            .Append("CONNECT ").Append(address.Authority).Append(" HTTP/1.1\r\n")
            .Append("Host: ").Append(address.Authority).Append("\r\n");
        if (proxy.UserInfo.Length > 0)
        {
            request.Append("Proxy-Authorization: Basic ").Append(Credentials(proxy.UserInfo)).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(request.Append("\r\n").ToString());
    }

    // RFC 7617, 2: the colon is there even without a password.
    private static string Credentials(string userInfo)
    {
        var decoded = Uri.UnescapeDataString(userInfo);
        var pair = userInfo.Contains(':', StringComparison.Ordinal) ? decoded : decoded + ":";
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
    }
}
