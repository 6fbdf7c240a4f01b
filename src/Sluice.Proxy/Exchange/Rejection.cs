namespace Sluice.Proxy.Exchange;

/// <summary>Which party is at fault.</summary>
internal enum FaultParty
{
    /// <summary>The client.</summary>
    Client,

    /// <summary>The gateway.</summary>
    Gateway,

    /// <summary>The upstream.</summary>
    Upstream,
}

/// <summary>What a client is told when the gateway refuses its request.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Code">The stable code in the body.</param>
/// <param name="Party">Who is at fault.</param>
/// <param name="Message">What happened, in one clause.</param>
/// <param name="Advice">What to do.</param>
internal sealed record Rejection(int Status, int Code, FaultParty Party, string Message, string Advice);
