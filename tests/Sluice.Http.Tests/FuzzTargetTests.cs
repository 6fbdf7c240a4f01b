using Sluice.Fuzz;

namespace Sluice.Http.Tests;

/// <summary>Every fuzz target on its corpus, on nothing and on a few thousand mutations.</summary>
public sealed class FuzzTargetTests
{
    private const int Mutations = 2000;

    [Theory]
    [InlineData("request-heads")]
    [InlineData("response-heads")]
    [InlineData("chunked-bodies")]
    [InlineData("sse")]
    public void Target_OnItsCorpus_FindsNothing(string name)
    {
        var target = FuzzTargets.All.Single(t => t.Name == name);

        target.Check([], new Random(0));
        foreach (var input in target.Corpus)
        {
            target.Check(input, new Random(1));
        }
    }

    [Theory]
    [InlineData("request-heads")]
    [InlineData("response-heads")]
    [InlineData("chunked-bodies")]
    [InlineData("sse")]
    public void Target_OnMutations_FindsNothing(string name)
    {
        var target = FuzzTargets.All.Single(t => t.Name == name);
        var random = new Random(20261121);
        var mutator = new Mutator(random, target.Corpus, target.Dictionary);

        for (var i = 0; i < Mutations; i++)
        {
            var input = mutator.Mutate(target.Corpus[i % target.Corpus.Count]);
            target.Check(input, random);
        }
    }

    [Fact]
    public void EveryTarget_HasATestAndRuns()
    {
        var tested = typeof(FuzzTargetTests).GetMethods()
            .Where(method => method.Name.StartsWith("Target_", StringComparison.Ordinal))
            .Select(method => method.GetCustomAttributes(typeof(InlineDataAttribute), false)
                .Select(data => (string)((InlineDataAttribute)data).Data[0]!)
                .Order()
                .ToArray());
        var written = typeof(IFuzzTarget).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IFuzzTarget)))
            .Select(type => ((IFuzzTarget)Activator.CreateInstance(type)!).Name)
            .Order()
            .ToArray();

        Assert.Equal(written, FuzzTargets.All.Select(t => t.Name).Order());
        Assert.All(tested, names => Assert.Equal(written, names));
    }
}
