namespace Sluice.Configuration;

/// <summary>Guesses what somebody meant who wrote a name that does not exist.</summary>
internal static class Suggestion
{
    // Two slips of the finger in a short name; more would suggest names that have nothing to do with it.
    private const int DistanceMax = 2;

    /// <summary>A half sentence to put behind a message, or nothing where no name is close.</summary>
    public static string For(string name, IEnumerable<string> known) =>
        Nearest(name, known) is { } nearest ? $"; did you mean \"{nearest}\"?" : "";

    /// <summary>The known name that is closest, or null where none is close.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var wanted = Fold(name);
        var best = known
            .Select(candidate => (candidate, Distance: Distance(wanted, Fold(candidate))))
            .OrderBy(pair => pair.Distance)
            .FirstOrDefault();
        var isNear = best.candidate is not null && best.Distance <= Math.Min(DistanceMax, wanted.Length / 2);
        return isNear ? best.candidate : null;
    }

    // baseUrl, base-url and BASE_URL are all meant to be base_url.
    private static string Fold(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    // Levenshtein, one row at a time.
    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var column = 0; column <= right.Length; column++)
        {
            row[column] = column;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
