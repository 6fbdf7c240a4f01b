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
    // Made with the first thing that is added: many pools never hold one.
    private T?[]? _created;
    private int _count;
    private int _top;

    /// <summary>How many things are held, about.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a thing.</summary>
    /// <returns>False where all slots are full.</returns>
    public bool TryPush(T item)
    {
        var slots = Slots();
        var start = Volatile.Read(ref _top);
        for (var i = 0; i < slots.Length && Volatile.Read(ref _count) < slots.Length; i++)
        {
            var index = (start + i) % slots.Length;
            if (Volatile.Read(ref slots[index]) is null
                && Interlocked.CompareExchange(ref slots[index], item, null) is null)
            {
                Interlocked.Increment(ref _count);
                Volatile.Write(ref _top, (index + 1) % slots.Length);
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes a thing.</summary>
    /// <returns>Null where there is none.</returns>
    public T? TryPop()
    {
        if (Volatile.Read(ref _created) is not { } slots)
        {
            return null;
        }

        var start = Volatile.Read(ref _top);
        for (var i = 1; i <= slots.Length && Volatile.Read(ref _count) > 0; i++)
        {
            var index = (start - i + slots.Length) % slots.Length;
            if (Volatile.Read(ref slots[index]) is not null
                && Interlocked.Exchange(ref slots[index], null) is { } item)
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
        if (Count == 0 || Volatile.Read(ref _created) is not { } slots)
        {
            return;
        }

        for (var i = 0; i < slots.Length; i++)
        {
            if (Volatile.Read(ref slots[i]) is null || Interlocked.Exchange(ref slots[i], null) is not { } item)
            {
                continue;
            }

            Interlocked.Decrement(ref _count);
            if (wanted(item))
            {
                taken(item);
            }
            else if (Interlocked.CompareExchange(ref slots[i], item, null) is null)
            {
                Interlocked.Increment(ref _count);
            }
            else if (!TryPush(item))
            {
                taken(item);
            }
        }
    }

    private T?[] Slots()
    {
        if (Volatile.Read(ref _created) is { } slots)
        {
            return slots;
        }

        Interlocked.CompareExchange(ref _created, new T?[capacity], null);
        return _created;
    }
}
