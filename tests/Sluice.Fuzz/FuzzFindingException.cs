namespace Sluice.Fuzz;

/// <summary>An input on which the product and an expectation disagree.</summary>
internal sealed class FuzzFindingException(string message) : Exception(message)
{
    public static void ThrowUnless(bool condition, string message)
    {
        if (!condition)
        {
            throw new FuzzFindingException(message);
        }
    }

    public static void ThrowUnlessEqual<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new FuzzFindingException($"{what}: expected {expected}, found {actual}.");
        }
    }
}
