namespace Sluice.Configuration;

/// <summary>A fixed path prefix that leads to one provider.</summary>
public sealed record RouteSettings
{
    /// <summary>The prefix: begins with a slash. The rest of the path goes to the provider.</summary>
    /// <value>Required.</value>
    public string Path { get; set; } = "";

    /// <summary>
    /// The gateway whose policies apply: its id, or <c>account/id</c> where several accounts have that id.
    /// </summary>
    /// <value>Default null: the first gateway.</value>
    public string? Gateway { get; set; }

    /// <summary>The provider's slug.</summary>
    /// <value>Required.</value>
    public string Provider { get; set; } = "";
}
