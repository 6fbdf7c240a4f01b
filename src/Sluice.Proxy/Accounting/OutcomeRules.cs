using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Accounting;

/// <summary>What the ending of an exchange means once its response is understood. Pure.</summary>
internal static class OutcomeRules
{
    /// <summary>How an exchange ended, in the terms of its protocol instead of its framing.</summary>
    /// <param name="record">What the data path noted.</param>
    /// <param name="findings">What its response tells.</param>
    public static ExchangeOutcome Settle(ExchangeRecord record, in StreamFindings findings) => record.Outcome switch
    {
        // Codex closes its connection as soon as it has read the last event, and does not wait for the end of the body.
        ExchangeOutcome.ClientCancelled when findings.End == StreamEnd.Reached => ExchangeOutcome.Complete,

        // Well-formed HTTP around an event sequence that breaks off. Of a capture that was cut short the end is not
        // known, and of a custom provider it is not known whether its events are bound to anything.
        ExchangeOutcome.Complete when findings.End == StreamEnd.Missing
            && record is { Status: >= 200 and < 300, Response.IsTruncated: false }
            && (record.Provider?.Api ?? ApiFamily.Unknown) != ApiFamily.Unknown => ExchangeOutcome.UpstreamTruncated,
        var outcome => outcome,
    };

    /// <summary>Whether the gateway or an upstream failed, by no fault of the client.</summary>
    /// <param name="record">The record, its outcome settled.</param>
    public static bool IsFault(ExchangeRecord record) =>
        record.Outcome is ExchangeOutcome.UpstreamTruncated or ExchangeOutcome.TimedOut
        || (record.Rejection != RejectionReason.None
            && Rejections.Of(record.Rejection) is { Status: >= 500, Party: not FaultParty.Client });

    /// <summary>An outcome's name in logs, which never changes.</summary>
    public static string NameOf(ExchangeOutcome outcome) => outcome switch
    {
        ExchangeOutcome.Complete => "complete",
        ExchangeOutcome.Rejected => "rejected",
        ExchangeOutcome.ClientCancelled => "client_cancelled",
        ExchangeOutcome.UpstreamTruncated => "upstream_truncated",
        ExchangeOutcome.TimedOut => "timed_out",
        ExchangeOutcome.Tunnelled => "tunnelled",
        ExchangeOutcome.Shutdown => "shutdown",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, message: null),
    };
}
