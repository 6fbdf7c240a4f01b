using Sluice.Proxy.Model;

namespace Sluice.Proxy.Providers;

/// <summary>
/// Gemini's Live API, a WebSocket: <c>/google?api_key=...</c> becomes the path of its one method, which wants the key
/// in <c>key</c>. A path behind the slug stays as it is.
/// </summary>
/// <param name="baseUrl">What a path is appended to.</param>
internal sealed class GoogleRealtimeProvider(UpstreamBase baseUrl) : ProviderModel("google", ApiFamily.Gemini)
{
    /// <inheritdoc/>
    public override bool TryResolve(in ProviderRequest request, UpstreamTarget target)
    {
        target.Address = baseUrl.Address;
        if (request.Path.Length > 1)
        {
            baseUrl.Append(request.Path, target);
            target.Append(request.Query);
            return true;
        }

        target.Append(baseUrl.Path.Span);
        target.Append("/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"u8);
        AppendQuery(request.Query, target);
        return true;
    }

    private static void AppendQuery(ReadOnlySpan<byte> query, UpstreamTarget target)
    {
        var name = query.StartsWith("?api_key="u8) ? 1 : query.IndexOf("&api_key="u8) + 1;
        if (name > 0)
        {
            target.Append(query[..name]);
            query = query[(name + "api_".Length)..];
        }

        target.Append(query);
    }
}
