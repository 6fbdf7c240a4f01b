namespace Sluice.Proxy.Accounting;

/// <summary>What a JSON value of an event holds.</summary>
[Flags]
internal enum ContentTraits
{
    /// <summary>Nothing that matters here.</summary>
    None = 0,

    /// <summary>A part of the answer: text, thinking or the arguments of a tool call.</summary>
    Content = 1,

    /// <summary>Gemini's reason for ending.</summary>
    FinishReason = 2,
}
