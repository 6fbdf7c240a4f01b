namespace Sluice.Fuzz.Reference;

/// <summary>What the reference reader made of a message.</summary>
internal enum ReferenceOutcome
{
    Incomplete,
    Complete,
    Malformed,
}
