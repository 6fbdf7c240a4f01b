namespace Sluice.Testing;

/// <summary>
/// Ends a test that waits for what never comes. The limit is far above what anything takes on a slow machine; no test
/// measures time with it.
/// </summary>
public static class Hang
{
    /// <summary>How long a test waits for one thing.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>A token that is cancelled after <see cref="Limit"/>, for loops that no task stands for.</summary>
    public static CancellationToken Token => new CancellationTokenSource(Limit).Token;

    /// <summary>Waits for a task, but not for ever.</summary>
    /// <exception cref="TimeoutException">It took longer than <see cref="Limit"/>.</exception>
    public static Task OrHang(this Task task) => task.WaitAsync(Limit);

    /// <summary>Waits for a task, but not for ever.</summary>
    /// <exception cref="TimeoutException">It took longer than <see cref="Limit"/>.</exception>
    public static Task<T> OrHang<T>(this Task<T> task) => task.WaitAsync(Limit);

    /// <summary>Waits for a task, but not for ever.</summary>
    /// <exception cref="TimeoutException">It took longer than <see cref="Limit"/>.</exception>
    public static Task<T> OrHang<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Limit);
}
