using System.Collections.Concurrent;
using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Accounting;

/// <summary>Lends records and takes them back, emptied. Keeps a bounded number of them. Thread-safe.</summary>
internal sealed class ExchangeRecordPool
{
    /// <summary>Records that are kept: one holds at most 20 KiB when it is empty, and most hold one.</summary>
    public const int RecordsMax = 1024;

    // A record keeps the room for its marks when it is emptied. One that had more is left to the garbage collector,
    // because it would hold up to a megabyte for good.
    private const int MarksMax = 1024;

    private readonly ConcurrentQueue<ExchangeRecord> _records = new();
    private int _count;

    /// <summary>An empty record.</summary>
    public ExchangeRecord Rent()
    {
        if (!_records.TryDequeue(out var record))
        {
            return new ExchangeRecord();
        }

        Interlocked.Decrement(ref _count);
        return record;
    }

    /// <summary>Empties a record, which gives its captured bytes back, and keeps it if there is room.</summary>
    public void Return(ExchangeRecord record)
    {
        var isLarge = record.Response.Marks.Length > MarksMax;
        record.Reset();
        if (isLarge)
        {
            return;
        }

        // Counted first, so that no number of threads ever keeps more than the bound.
        if (Interlocked.Increment(ref _count) <= RecordsMax)
        {
            _records.Enqueue(record);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
