using System.Text.Json;

namespace Sluice.Testing;

/// <summary>What a gateway says when it answers in its own name, taken out of its JSON envelope.</summary>
/// <param name="HttpCode">The status, as the body repeats it.</param>
/// <param name="Code">The stable code.</param>
/// <param name="Message">What happened.</param>
/// <param name="Description">What to do.</param>
/// <param name="Source">Which party failed.</param>
public sealed record ErrorBody(int HttpCode, int Code, string Message, string Description, string Source)
{
    /// <summary>Reads an envelope of which every field must be there, in the form that clients of Cloudflare's know.</summary>
    /// <exception cref="FormatException">It is no such envelope.</exception>
    public static ErrorBody Read(RawMessage answer)
    {
        if (answer.Header("content-type") != "application/json" || !answer.IsWhole)
        {
            throw new FormatException($"This is no answer of the gateway itself:\n{answer.Head}{answer.BodyText}");
        }

        using var document = JsonDocument.Parse(answer.Body);
        var root = document.RootElement;
        var names = root.EnumerateObject().Select(property => property.Name);
        var error = root.GetProperty("error");
        var code = root.GetProperty("internalCode").GetInt32();
        var message = root.GetProperty("message").GetString()!;
        if (!names.SequenceEqual(
                ["success", "result", "messages", "error", "name", "httpCode", "internalCode", "message", "description", "source"])
            || root.GetProperty("success").GetBoolean()
            || root.GetProperty("result").GetArrayLength() != 0
            || root.GetProperty("messages").GetArrayLength() != 0
            || root.GetProperty("name").GetString() != "AiGatewayError"
            || error.GetArrayLength() != 1
            || error[0].GetProperty("code").GetInt32() != code
            || error[0].GetProperty("message").GetString() != message)
        {
            throw new FormatException($"This is not the envelope of the contract: {answer.BodyText}");
        }

        return new ErrorBody(
            root.GetProperty("httpCode").GetInt32(),
            code,
            message,
            root.GetProperty("description").GetString()!,
            root.GetProperty("source").GetString()!);
    }
}
