namespace Sluice.Proxy.Exchange;

/// <summary>
/// The bytes that all captures together may hold. When they are used up, captures are cut short; traffic never is.
/// Thread-safe.
/// </summary>
/// <param name="bytesMax">The most bytes.</param>
internal sealed class CaptureBudget(long bytesMax)
{
    private long _held;

    /// <summary>Bytes held now.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Takes bytes out of the budget.</summary>
    /// <returns>False where it has not that many left.</returns>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= bytesMax)
        {
            return true;
        }

        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _held, -bytes);
}
