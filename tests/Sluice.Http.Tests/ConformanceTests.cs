using Sluice.Fuzz;
using Sluice.Fuzz.Reference;

namespace Sluice.Http.Tests;

/// <summary>The cases of <c>Conformance/*.md</c>: correct, ambiguous and malformed messages.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> Cases => [.. ConformanceCase.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_CutAnywhere_HasItsOutcome(string name)
    {
        var c = ConformanceCase.All[name];

        Assert.Equal(c.Expected, c.Run(c.Input, []).Describe(c.Input));
        Assert.Equal(c.Expected, c.Run(c.Input, Cuts.Bytewise(c.Input.Length)).Describe(c.Input));
        foreach (var cuts in Cuts.AtEveryPosition(c.Input.Length))
        {
            Assert.Equal(c.Expected, c.Run(c.Input, cuts).Describe(c.Input));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_WithoutItsEnd_IsNeverWhole(string name)
    {
        var c = ConformanceCase.All[name];
        var whole = c.Run(c.Input, []);
        if (whole.Status == ParseStatus.Invalid)
        {
            return;
        }

        // A body that ends with the connection is whole wherever it ends.
        var end = whole.Framing.Kind == BodyKind.UntilClose || whole.Status == ParseStatus.NeedMoreData
            ? whole.HeadLength
            : whole.Consumed;
        foreach (var cuts in Cuts.AtEveryPosition(end))
        {
            Assert.Equal(ParseStatus.NeedMoreData, c.Run(c.Input[..cuts[0]], []).Status);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_Forwarded_IsOneMessageOrNone(string name)
    {
        var c = ConformanceCase.All[name];

        foreach (var cuts in (int[][])[[], [c.Input.Length / 2], Cuts.Bytewise(c.Input.Length)])
        {
            var forwarded = c.Run(c.Input, cuts);
            switch (c.Kind)
            {
                case "request":
                    Forwarding.CheckRequest(c.Input, forwarded);
                    break;
                case "chunked":
                    Forwarding.CheckChunked(ReferenceMessageReader.ReadChunked(c.Input), forwarded);
                    break;
                default:
                    Forwarding.CheckResponse(c.Input, forwarded, c.Kind == "response-to-head");
                    break;
            }
        }
    }

    [Fact]
    public void Corpus_Read_IsThere() => Assert.True(ConformanceCase.All.Count > 300);
}
