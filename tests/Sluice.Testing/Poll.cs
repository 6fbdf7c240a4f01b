namespace Sluice.Testing;

/// <summary>Waits for what nobody tells.</summary>
public static class Poll
{
    /// <summary>Waits until something is so, but not for ever.</summary>
    /// <exception cref="TimeoutException">It took longer than <see cref="Hang.Limit"/>.</exception>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        var hang = Task.Delay(Hang.Limit);
        while (!isSo())
        {
            if (hang.IsCompleted)
            {
                throw new TimeoutException("It never came to be so.");
            }

            await Task.Delay(5);
        }
    }
}
