using System.Diagnostics;
using Sluice.Perf.Sockets;

namespace Sluice.Perf.Load;

/// <summary>
/// One thread of a load run with its share of the connections. A closed loop sends on a connection as soon as the
/// last answer is in; an open loop has a schedule, takes any idle connection for what is due, and measures from the
/// time it was due, so that a server that stalls is charged for the requests that had to wait (no coordinated
/// omission).
/// </summary>
internal sealed class LoadWorker : IDisposable
{
    private const long SweepNs = 1_000_000_000;
    private const long RetryNs = 100_000_000;
    private const long Never = long.MaxValue;

    private readonly List<LoadConnection> _connections = [];
    private readonly Stack<LoadConnection> _idle = [];
    private readonly PriorityQueue<LoadConnection, long> _starts = new();
    private readonly double _intervalNs;
    private readonly double _firstNs;
    private readonly long _requestsMax;
    private long _arrivals;
    private long _begun;
    private int _busy;
    private int _streams;
    private volatile bool _isStopping;

    /// <summary>Makes worker <paramref name="index"/> of those that the plan asks for.</summary>
    public LoadWorker(LoadPlan plan, LoadClock clock, int index)
    {
        Plan = plan;
        Clock = clock;
        var count = Share(plan.Connections, plan.Threads, index);
        _requestsMax = plan.RequestsMax == 0 ? Never : Share(plan.RequestsMax, plan.Threads, index);
        _intervalNs = plan.Rate > 0 ? 1e9 * plan.Threads / plan.Rate : 0;
        _firstNs = clock.BeginNs + (_intervalNs * index / plan.Threads);

        var random = new Random(index + 1);     // a fixed seed: every contender gets the same load
        for (var i = 0; i < count; i++)
        {
            var connection = new LoadConnection(this);
            _connections.Add(connection);
            if (!IsOpenLoop)
            {
                _starts.Enqueue(connection, clock.BeginNs + (long)(random.NextDouble() * LoadClock.Ns(plan.Ramp)));
            }
        }
    }

    public LoadPlan Plan { get; }

    public LoadClock Clock { get; }

    public LoadTally Tally { get; } = new();

    public EventLoop Events { get; } = new();

    /// <summary>What all connections receive into: each uses up what it received before it returns.</summary>
    public byte[] ReceiveBuffer { get; } = GC.AllocateArray<byte>(256 * 1024, pinned: true);

    /// <summary>Exchanges whose first content event has arrived; may be read by other threads.</summary>
    public int Streams => Volatile.Read(ref _streams);

    private bool IsOpenLoop => _intervalNs > 0;

    /// <summary>Runs on a thread of its own; the task ends with it.</summary>
    public Task RunAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Run();
                done.SetResult();
            }
#pragma warning disable CA1031 // whatever ends the thread is handed to the one who awaits it
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = "load" };
        thread.Start();
        return done.Task;
    }

    /// <summary>Ends the run before its time; called from another thread.</summary>
    public void Stop() => _isStopping = true;

    public void OnFirstContent() => Volatile.Write(ref _streams, _streams + 1);

    public void OnCompleted(LoadConnection connection, long nowNs)
    {
        if (connection.StartNs >= Clock.WindowStartNs)
        {
            Tally.Exchange.Record(nowNs - connection.StartNs);
        }

        if (Clock.IsInWindow(nowNs))
        {
            Tally.Requests++;
        }

        _busy--;
        if (IsOpenLoop)
        {
            _idle.Push(connection);
            StartDue(nowNs);
        }
        else
        {
            StartNext(connection, nowNs);
        }
    }

    public void OnFailed(LoadConnection connection, LoadError error, bool wasBusy)
    {
        Tally.AddError(error);
        if (wasBusy)
        {
            _busy--;
            Retire(connection);
        }
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Close();
        }

        Events.Dispose();
    }

    private static long Share(long total, int parts, int index) => (total / parts) + (index < total % parts ? 1 : 0);

    private void Run()
    {
        LinuxCalls.UseExactTimers();
        if (IsOpenLoop)
        {
            foreach (var connection in _connections)
            {
                _ = connection.TryOpen();
                _idle.Push(connection);
            }
        }

        var nextSweepNs = Clock.BeginNs + SweepNs;
        while (!_isStopping)
        {
            var nowNs = Stopwatch.GetTimestamp();
            var nextStartNs = StartDue(nowNs);
            if (nowNs >= Clock.DrainEndNs || (_busy == 0 && nextStartNs == Never))
            {
                break;
            }

            if (nowNs >= nextSweepNs)
            {
                FailOverdue(nowNs);
                nextSweepNs = nowNs + SweepNs;
            }

            Events.Poll(Math.Min(nextStartNs, Math.Min(nextSweepNs, Clock.DrainEndNs)) - Stopwatch.GetTimestamp());
        }

        CountUnfinished();
    }

    /// <summary>
    /// Starts what is due and returns when the next start is due; <see cref="Never"/> when none is, or none can be.
    /// </summary>
    private long StartDue(long nowNs) => IsOpenLoop ? StartArrivals(nowNs) : StartConnections(nowNs);

    private long StartArrivals(long nowNs)
    {
        while (HasArrival(out var dueNs))
        {
            if (dueNs > nowNs)
            {
                return dueNs;
            }

            if (!_idle.TryPop(out var connection))
            {
                return nowNs + SweepNs;     // a connection that becomes idle starts it
            }

            _arrivals++;
            Begin(connection, dueNs);
        }

        return Never;
    }

    private bool HasArrival(out long dueNs)
    {
        dueNs = (long)(_firstNs + (_arrivals * _intervalNs));
        return dueNs < Clock.WindowEndNs && _begun < _requestsMax;
    }

    private long StartConnections(long nowNs)
    {
        while (_starts.TryPeek(out var connection, out var dueNs))
        {
            if (dueNs > nowNs)
            {
                return dueNs;
            }

            _starts.Dequeue();
            StartNext(connection, nowNs);
        }

        return Never;
    }

    private void StartNext(LoadConnection connection, long nowNs)
    {
        if (nowNs < Clock.WindowEndNs && _begun < _requestsMax)
        {
            Begin(connection, nowNs);
        }
    }

    private void Begin(LoadConnection connection, long startNs)
    {
        _begun += startNs >= Clock.WindowStartNs ? 1 : 0;

        if (connection.IsOpen || connection.TryOpen())
        {
            _busy++;
            connection.Start(startNs);
        }
        else
        {
            Tally.AddError(LoadError.Connect);
            Retire(connection);
        }
    }

    /// <summary>Puts a connection that failed back to where it is opened anew.</summary>
    private void Retire(LoadConnection connection)
    {
        if (IsOpenLoop)
        {
            _idle.Push(connection);
        }
        else
        {
            _starts.Enqueue(connection, Stopwatch.GetTimestamp() + RetryNs);
        }
    }

    private void FailOverdue(long nowNs)
    {
        var timeoutNs = LoadClock.Ns(Plan.Timeout);
        foreach (var connection in _connections)
        {
            if (connection.IsBusy && nowNs - connection.StartNs > timeoutNs)
            {
                connection.Fail(LoadError.Timeout);
            }
        }
    }

    private void CountUnfinished()
    {
        Tally.Unfinished += _busy;
        if (!IsOpenLoop)
        {
            return;
        }

        // Leaving out the slowest of a fixed schedule would flatter the server.
        Tally.AddError(LoadError.Timeout, _busy);
        while (HasArrival(out _))
        {
            Tally.AddError(LoadError.Timeout);
            _arrivals++;
        }
    }
}
