using System.Net;
using System.Net.Sockets;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// Look-ups of host names, remembered for a while. Callers that ask for one name at one time share one look-up, and an
/// answer that cannot be refreshed stays in use: a name server that is down does not stop traffic to a provider that is
/// up. Thread-safe.
/// </summary>
/// <param name="refresh">How long an answer is good for.</param>
/// <param name="time">The clock.</param>
/// <param name="lookup">The look-up itself.</param>
internal sealed class NameResolver(TimeSpan refresh, TimeProvider time, NameLookup lookup)
{
    /// <summary>How many names are remembered. A provider may build names from its requests.</summary>
    internal const int NamesMax = 1024;

    /// <summary>
    /// How long a caller waits for a refresh before it takes the old answer. The system's resolver waits 5 s for each
    /// of its servers, which is longer than a client wants to wait for something that is known.
    /// </summary>
    internal static readonly TimeSpan RefreshPatience = TimeSpan.FromSeconds(1);

    /// <summary>How soon a failed refresh is tried again, so that not every connection waits for a failure.</summary>
    internal static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();

    // Guarded by _lock, as are the members of the values.
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The addresses of a name, or of an IP address the address itself.</summary>
    /// <param name="host">Host name in lower case, or IP address without brackets.</param>
    /// <param name="cancellationToken">Ends the wait; the look-up goes on for the others.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public ValueTask<ResolvedName> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return new(new ResolvedName([literal], null));
        }

        Task<ResolvedName> pending;
        IPAddress[]? old;
        TimeSpan patience;
        lock (_lock)
        {
            var entry = EntryUnsynchronized(host);
            var now = time.GetTimestamp();
            old = entry.Addresses;
            if (old is not null && time.GetElapsedTime(entry.CheckedAt, now) < entry.GoodFor)
            {
                return new(new ResolvedName(old, null));
            }

            if (entry.Pending is null)
            {
                entry.PendingSince = now;
                entry.Pending = RefreshAsync(host, entry);
            }

            pending = entry.Pending;
            patience = RefreshPatience - time.GetElapsedTime(entry.PendingSince, now);
        }

        return old is null
            ? new(pending.WaitAsync(cancellationToken))
            : PreferNewAsync(pending, new ResolvedName(old, null), patience, cancellationToken);
    }

    private async ValueTask<ResolvedName> PreferNewAsync(
        Task<ResolvedName> pending, ResolvedName old, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (patience <= TimeSpan.Zero)
        {
            return old;
        }

        try
        {
            return await pending.WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return old;
        }
    }

    private async Task<ResolvedName> RefreshAsync(string host, Entry entry)
    {
        // The caller holds the lock and is about to store this task. Without the hop a look-up that completes at once
        // would clear Entry.Pending before it is set, and its answer would be served for ever.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var answer = await LookUpAsync(host);
        lock (_lock)
        {
            entry.Pending = null;
            entry.CheckedAt = time.GetTimestamp();
            if (answer.Addresses is IPAddress[] { Length: > 0 } addresses)
            {
                entry.Addresses = addresses;
                entry.GoodFor = refresh;
                return answer;
            }

            if (entry.Addresses is { } old)
            {
                entry.GoodFor = RetryDelay;
                return new ResolvedName(old, null);
            }

            // Names that never had an address are not remembered: the next caller asks again.
            _entries.Remove(host);
            return answer;
        }
    }

    private async Task<ResolvedName> LookUpAsync(string host)
    {
        try
        {
            var addresses = await lookup(host);
            return addresses.Length > 0 ? new(addresses, null) : new([], $"{host} has no address");
        }
        catch (SocketException e)
        {
            return new([], e.SocketErrorCode switch
            {
                SocketError.HostNotFound => $"the name {host} does not exist",
                SocketError.NoData => $"{host} has no address",
                SocketError.TryAgain => $"the name server did not answer for {host}",
                _ => $"the look-up of {host} failed: {e.SocketErrorCode}",
            });
        }
        catch (ArgumentException)
        {
            return new([], $"{host} is not a host name");
        }
    }

    private Entry EntryUnsynchronized(string host)
    {
        if (_entries.TryGetValue(host, out var entry))
        {
            return entry;
        }

        if (_entries.Count >= NamesMax)
        {
            // An entry with a look-up under way must stay, or a second look-up of its name would start.
            var oldest = _entries.Where(e => e.Value.Pending is null).MinBy(e => e.Value.CheckedAt).Key;
            if (oldest is not null)
            {
                _entries.Remove(oldest);
            }
        }

        entry = new Entry();
        _entries.Add(host, entry);
        return entry;
    }

    private sealed class Entry
    {
        // The last good answer; null until there is one.
        public IPAddress[]? Addresses { get; set; }

        public long CheckedAt { get; set; }

        public TimeSpan GoodFor { get; set; }

        // Invariant: not null exactly while a look-up is under way.
        public Task<ResolvedName>? Pending { get; set; }

        public long PendingSince { get; set; }
    }
}
