using Sluice.Proxy.Accounting;
using Sluice.Proxy.Exchange;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Tests.Accounting;

public sealed class OutcomeRulesTests
{
    [Theory]
    [InlineData(ExchangeOutcome.ClientCancelled, StreamEnd.Reached, ExchangeOutcome.Complete)]
    [InlineData(ExchangeOutcome.ClientCancelled, StreamEnd.Missing, ExchangeOutcome.ClientCancelled)]
    [InlineData(ExchangeOutcome.ClientCancelled, StreamEnd.Unknown, ExchangeOutcome.ClientCancelled)]
    [InlineData(ExchangeOutcome.Complete, StreamEnd.Reached, ExchangeOutcome.Complete)]
    [InlineData(ExchangeOutcome.Complete, StreamEnd.Missing, ExchangeOutcome.UpstreamTruncated)]
    [InlineData(ExchangeOutcome.Complete, StreamEnd.Unknown, ExchangeOutcome.Complete)]
    [InlineData(ExchangeOutcome.UpstreamTruncated, StreamEnd.Reached, ExchangeOutcome.UpstreamTruncated)]
    [InlineData(ExchangeOutcome.TimedOut, StreamEnd.Reached, ExchangeOutcome.TimedOut)]
    [InlineData(ExchangeOutcome.Shutdown, StreamEnd.Missing, ExchangeOutcome.Shutdown)]
    public void Settle_StreamOfKnownFamily_GoesByItsProtocol(object path, object end, object expected)
    {
        var record = Record((ExchangeOutcome)path, 200, ApiFamily.OpenAI);

        Assert.Equal(expected, OutcomeRules.Settle(record, Findings((StreamEnd)end)));
    }

    [Theory]
    [InlineData(199, ExchangeOutcome.Complete)]
    [InlineData(299, ExchangeOutcome.UpstreamTruncated)]
    [InlineData(300, ExchangeOutcome.Complete)]
    [InlineData(529, ExchangeOutcome.Complete)]
    public void Settle_EndMissing_CountsInSuccessesOnly(int status, object expected)
    {
        var record = Record(ExchangeOutcome.Complete, status, ApiFamily.Anthropic);

        Assert.Equal(expected, OutcomeRules.Settle(record, Findings(StreamEnd.Missing)));
    }

    [Fact]
    public void Settle_EndMissingOfUnknownFamily_StaysComplete()
    {
        var custom = Record(ExchangeOutcome.Complete, 200, ApiFamily.Unknown);
        var none = Record(ExchangeOutcome.Complete, 200, ApiFamily.Unknown);
        none.Provider = null;

        Assert.Equal(ExchangeOutcome.Complete, OutcomeRules.Settle(custom, Findings(StreamEnd.Missing)));
        Assert.Equal(ExchangeOutcome.Complete, OutcomeRules.Settle(none, Findings(StreamEnd.Missing)));
    }

    [Fact]
    public void Settle_EndMissingInACutCapture_StaysComplete()
    {
        var record = Record(ExchangeOutcome.Complete, 200, ApiFamily.Anthropic);
        record.Response.Start(new CaptureBudget(0));
        record.Response.OnBody("a"u8);

        Assert.Equal(ExchangeOutcome.Complete, OutcomeRules.Settle(record, Findings(StreamEnd.Missing)));
    }

    [Theory]
    [InlineData(ExchangeOutcome.Complete, RejectionReason.None, false)]
    [InlineData(ExchangeOutcome.ClientCancelled, RejectionReason.None, false)]
    [InlineData(ExchangeOutcome.UpstreamTruncated, RejectionReason.None, true)]
    [InlineData(ExchangeOutcome.TimedOut, RejectionReason.None, true)]
    [InlineData(ExchangeOutcome.Shutdown, RejectionReason.None, false)]
    [InlineData(ExchangeOutcome.Rejected, RejectionReason.NotFound, false)]
    [InlineData(ExchangeOutcome.Rejected, RejectionReason.UpstreamConnectFailed, true)]
    [InlineData(ExchangeOutcome.Rejected, RejectionReason.InternalError, true)]
    [InlineData(ExchangeOutcome.Rejected, RejectionReason.UpstreamHeadTimeout, true)]
    [InlineData(ExchangeOutcome.Rejected, RejectionReason.NotImplemented, false)]
    [InlineData(ExchangeOutcome.Rejected, RejectionReason.VersionNotSupported, false)]
    public void IsFault_TellsGatewayAndUpstreamFromClient(object outcome, object reason, bool expected)
    {
        var record = Record((ExchangeOutcome)outcome, 200, ApiFamily.OpenAI);
        record.Rejection = (RejectionReason)reason;

        Assert.Equal(expected, OutcomeRules.IsFault(record));
    }

    [Fact]
    public void NameOf_EveryOutcome_IsFrozen() => Assert.Equal(
        ["complete", "rejected", "client_cancelled", "upstream_truncated", "timed_out", "tunnelled", "shutdown"],
        Enum.GetValues<ExchangeOutcome>().Select(OutcomeRules.NameOf));

    private static StreamFindings Findings(StreamEnd end) => new(end, HasError: false, null, null);

    private static ExchangeRecord Record(ExchangeOutcome outcome, int status, ApiFamily api) => new()
    {
        Outcome = outcome,
        Status = status,
        Provider = new TestProvider(api),
    };
}
