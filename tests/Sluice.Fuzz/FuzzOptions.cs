using System.Globalization;

namespace Sluice.Fuzz;

/// <summary>What the command line asks for.</summary>
/// <param name="Seconds">How long to fuzz, divided evenly between the targets.</param>
/// <param name="Seed">Where the random sequence begins.</param>
/// <param name="Target">The only target to run; all if null.</param>
internal sealed record FuzzOptions(double Seconds, int Seed, string? Target)
{
    public const string Usage = "Usage: Sluice.Fuzz [--seconds S] [--seed N] [--target NAME]";

    /// <exception cref="FormatException">The arguments are not those of <see cref="Usage"/>.</exception>
    public static FuzzOptions Parse(string[] args)
    {
        var options = new FuzzOptions(60, Random.Shared.Next(), null);
        if (args.Length % 2 != 0)
        {
            throw new FormatException(Usage);
        }

        for (var i = 0; i < args.Length; i += 2)
        {
            options = args[i] switch
            {
                "--seconds" => options with { Seconds = double.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--seed" => options with { Seed = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--target" => options with { Target = args[i + 1] },
                _ => throw new FormatException(Usage),
            };
        }

        return options;
    }
}
