namespace Sluice.Proxy.Accounting;

/// <summary>What the bytes of a response tell about it as a stream.</summary>
/// <param name="End">Whether it reached its protocol's end.</param>
/// <param name="HasError">Whether it holds an error event.</param>
/// <param name="FirstContentOffset">
/// Bytes of the body up to and including the one that completed the first event with content; null where there is none.
/// </param>
/// <param name="FirstContentTimestamp">When that byte arrived; null where that is not known.</param>
internal readonly record struct StreamFindings(
    StreamEnd End, bool HasError, long? FirstContentOffset, long? FirstContentTimestamp);
