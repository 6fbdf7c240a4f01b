namespace Sluice.Testing;

/// <summary>Says once that something has happened. Thread-safe.</summary>
public sealed class Signal
{
    private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when it has happened; for waits that have a limit of their own.</summary>
    public Task Task => _source.Task;

    /// <summary>It has happened.</summary>
    public void Set() => _source.TrySetResult();

    /// <summary>Waits until it has happened, but not for ever.</summary>
    /// <exception cref="TimeoutException">It took longer than <see cref="Hang.Limit"/>.</exception>
    public Task WaitAsync() => _source.Task.OrHang();
}
