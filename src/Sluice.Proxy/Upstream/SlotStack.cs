namespace Sluice.Proxy.Upstream;

/// <summary>
/// A bounded set of idle things that gives back a recently added one first, without locks and without allocating:
/// recently used connections are the likeliest to be alive. Thread-safe.
/// </summary>
/// <remarks>
/// Each slot is emptied and filled by one atomic exchange, so a thing is handed out once. <c>_top</c> is only a hint of
/// where filled slots end; when it is wrong a search takes a few steps more.
/// </remarks>
internal sealed class SlotStack<T>(int capacity)
    where T : class
{
    private readonly T?[] _slots = new T?[capacity];
    private int _count;
    private int _top;

    /// <summary>How many things are held, about.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a thing.</summary>
    /// <returns>False where all slots are full.</returns>
    public bool TryPush(T item)
    {
        var start = Volatile.Read(ref _top);
        for (var i = 0; i < _slots.Length && Volatile.Read(ref _count) < _slots.Length; i++)
        {
            var index = (start + i) % _slots.Length;
            if (Volatile.Read(ref _slots[index]) is null
                && Interlocked.CompareExchange(ref _slots[index], item, null) is null)
            {
                Interlocked.Increment(ref _count);
                Volatile.Write(ref _top, (index + 1) % _slots.Length);
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes a thing.</summary>
    /// <returns>Null where there is none.</returns>
    public T? TryPop()
    {
        var start = Volatile.Read(ref _top);
        for (var i = 1; i <= _slots.Length && Volatile.Read(ref _count) > 0; i++)
        {
            var index = (start - i + _slots.Length) % _slots.Length;
            if (Volatile.Read(ref _slots[index]) is not null
                && Interlocked.Exchange(ref _slots[index], null) is { } item)
            {
                Interlocked.Decrement(ref _count);
                Volatile.Write(ref _top, index);
                return item;
            }
        }

        return null;
    }

    /// <summary>
    /// Takes out all things that a test wants out. Each thing is out of its slot while it is tested, so that nobody
    /// uses it at the same moment; a search that runs meanwhile may miss it.
    /// </summary>
    /// <param name="wanted">The test.</param>
    /// <param name="taken">Is given each thing that was taken out, also one whose place was lost.</param>
    public void RemoveWhere(Func<T, bool> wanted, Action<T> taken)
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            if (Volatile.Read(ref _slots[i]) is null || Interlocked.Exchange(ref _slots[i], null) is not { } item)
            {
                continue;
            }

            Interlocked.Decrement(ref _count);
            if (wanted(item))
            {
                taken(item);
            }
            else if (Interlocked.CompareExchange(ref _slots[i], item, null) is null)
            {
                Interlocked.Increment(ref _count);
            }
            else if (!TryPush(item))
            {
                taken(item);
            }
        }
    }
}
