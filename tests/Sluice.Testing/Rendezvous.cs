namespace Sluice.Testing;

/// <summary>Holds everybody back until a number of them are there, again and again. Thread-safe.</summary>
/// <param name="count">How many.</param>
public sealed class Rendezvous(int count)
{
    private readonly Lock _lock = new();
    private int _here;
    private Signal _all = new();

    /// <summary>Waits for the others, but not for ever.</summary>
    public Task WaitAsync()
    {
        lock (_lock)
        {
            var all = _all;
            if (++_here == count)
            {
                _here = 0;
                _all = new Signal();
                all.Set();
            }

            return all.WaitAsync();
        }
    }
}
