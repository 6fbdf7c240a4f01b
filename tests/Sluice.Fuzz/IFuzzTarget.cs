namespace Sluice.Fuzz;

/// <summary>One part of the product that is fed mutated input and checked after each one.</summary>
internal interface IFuzzTarget
{
    /// <summary>What <c>--target</c> calls it: lower case, with hyphens.</summary>
    string Name { get; }

    /// <summary>The inputs that mutation starts from. Each must pass <see cref="Check"/>.</summary>
    IReadOnlyList<byte[]> Corpus { get; }

    /// <summary>Fragments that the mutator inserts, since random bytes alone would rarely form them.</summary>
    IReadOnlyList<byte[]> Dictionary { get; }

    /// <summary>Runs the product on an input.</summary>
    /// <param name="input">Any bytes.</param>
    /// <param name="random">Where the input is cut; seeded, so that a finding can be repeated.</param>
    /// <exception cref="FuzzFindingException">The product broke an expectation. Any other exception is a finding
    /// as well.</exception>
    void Check(byte[] input, Random random);
}
