namespace Sluice.Configuration;

/// <summary>One upstream API: a change to a built-in one, or a further one.</summary>
public sealed record ProviderSettings
{
    /// <summary>Where it is: <c>http</c> or <c>https</c>, without query, fragment and user name.</summary>
    /// <value>Default null: the built-in provider's own. A further provider must have one.</value>
    public string? BaseUrl { get; set; }

    /// <summary>
    /// The wire format it speaks: <c>anthropic</c>, <c>openai</c>, <c>gemini</c>, <c>bedrock</c>, ...
    /// </summary>
    /// <value>
    /// Default null: the built-in provider's own; of a further one, unknown, and its bytes pass all the same.
    /// </value>
    public string? Api { get; set; }

    /// <summary>
    /// The request header that bears the credential. Credentials pass through unchanged in this version.
    /// </summary>
    /// <value>Default null: the wire format's own.</value>
    public string? AuthHeader { get; set; }
}
