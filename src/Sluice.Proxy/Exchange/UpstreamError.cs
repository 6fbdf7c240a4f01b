namespace Sluice.Proxy.Exchange;

/// <summary>How an attempt at an upstream failed. A value, not an exception: upstreams fail often.</summary>
/// <param name="Reason">Which way.</param>
/// <param name="Detail">What is known beyond it, without secrets; null for nothing.</param>
internal readonly record struct UpstreamError(RejectionReason Reason, string? Detail)
{
    /// <summary>No error.</summary>
    public static UpstreamError None => default;

    /// <summary>Whether there is an error.</summary>
    public bool IsError => Reason != RejectionReason.None;
}
