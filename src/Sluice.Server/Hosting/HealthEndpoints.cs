using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sluice.Server.Hosting;

/// <summary>
/// <c>/healthz</c>: whether the process works, and what is degraded; <c>/readyz</c>: whether clients should be sent
/// to it.
/// </summary>
/// <param name="state">What is answered.</param>
internal sealed class HealthEndpoints(HealthState state)
{
    /// <summary>Answers a request, or gives it to the next one.</summary>
    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value;
        if (path is not ("/healthz" or "/readyz"))
        {
            return next(context);
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        }

        // A degraded gateway still serves its clients: restarting it, which is what 503 leads to, would help nobody.
        var isReady = path == "/healthz" || state.IsReady;
        return WriteAsync(context, isReady, path == "/healthz" ? WriteHealth : WriteReadiness);
    }

    private void WriteHealth(Utf8JsonWriter writer)
    {
        var degraded = state.Degraded;
        writer.WriteString("status", degraded.Count == 0 ? "ok" : "degraded");
        writer.WriteString("version", ProductVersion.Short);
        writer.WriteStartArray("degraded");
        foreach (var reason in degraded)
        {
            writer.WriteStringValue(reason);
        }

        writer.WriteEndArray();
    }

    private void WriteReadiness(Utf8JsonWriter writer) => writer.WriteString("status", state.Phase);

    private static Task WriteAsync(HttpContext context, bool isReady, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        var response = context.Response;
        response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.ContentLength = buffer.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
