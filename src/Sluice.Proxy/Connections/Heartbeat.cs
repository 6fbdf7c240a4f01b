using System.Collections.Concurrent;
using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Connections;

/// <summary>
/// The one timer of the engine: moves the coarse clock on and looks at the deadlines of all connections. While there is
/// no connection it stands still, so that an idle process uses no CPU. Thread-safe.
/// </summary>
internal sealed class Heartbeat : IClock, IDisposable
{
    /// <summary>Between two beats; no limit is kept more exactly than that.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<ProxyConnection, bool> _connections = new();
    private readonly TimeProvider _time;
    private readonly Action _everySecond;
    private readonly Func<bool>? _hasWork;
    private readonly ITimer _timer;
    private readonly Lock _startStop = new();
    private long _nowMs;
    private long _lastSecondMs;
    private int _isBeating;
    private bool _isRunning;

    /// <param name="time">The clock.</param>
    /// <param name="everySecond">Is called about once a second while there are connections.</param>
    /// <param name="hasWork">Whether it has to go on without connections; null for never.</param>
    public Heartbeat(TimeProvider time, Action everySecond, Func<bool>? hasWork = null)
    {
        _time = time;
        _everySecond = everySecond;
        _hasWork = hasWork;
        UpdateClock();
        _timer = time.CreateTimer(
            static state => ((Heartbeat)state!).Beat(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public long NowMs => Volatile.Read(ref _nowMs);

    /// <summary>The connections there are.</summary>
    public ICollection<ProxyConnection> Connections => _connections.Keys;

    /// <summary>How many connections there are.</summary>
    public int Count => _connections.Count;

    /// <summary>Begins to watch a connection.</summary>
    public void Add(ProxyConnection connection)
    {
        _connections[connection] = true;
        if (Volatile.Read(ref _isRunning))
        {
            return;
        }

        lock (_startStop)
        {
            if (!_isRunning)
            {
                UpdateClock();
                _isRunning = true;
                _timer.Change(Interval, Interval);
            }
        }
    }

    /// <summary>Stops watching a connection.</summary>
    public void Remove(ProxyConnection connection) => _connections.TryRemove(connection, out _);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        // A beat that takes longer than the interval must not run twice at the same time.
        if (Interlocked.Exchange(ref _isBeating, 1) != 0)
        {
            return;
        }

        var now = UpdateClock();
        foreach (var (connection, _) in _connections)
        {
            connection.OnHeartbeat(now);
        }

        if (now - _lastSecondMs >= 1000)
        {
            _lastSecondMs = now;
            _everySecond();
            StopIfIdle();
        }

        Volatile.Write(ref _isBeating, 0);
    }

    private void StopIfIdle()
    {
        lock (_startStop)
        {
            // Add writes the connection before it reads the flag, so one of the two sees the other.
            _isRunning = false;
            Interlocked.MemoryBarrier();
            if (_connections.IsEmpty && _hasWork?.Invoke() != true)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
            else
            {
                _isRunning = true;
            }
        }
    }

    private long UpdateClock()
    {
        var now = (long)_time.GetElapsedTime(0).TotalMilliseconds;
        Volatile.Write(ref _nowMs, now);
        return now;
    }
}
