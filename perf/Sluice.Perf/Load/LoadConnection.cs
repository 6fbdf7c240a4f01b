using System.Diagnostics;
using System.Net.Sockets;
using Sluice.Perf.Sockets;
using Sluice.Perf.Wire;

namespace Sluice.Perf.Load;

/// <summary>One keep-alive connection of a worker, with at most one exchange on it.</summary>
internal sealed class LoadConnection(LoadWorker worker) : ISocketHandler
{
    private static readonly LingerOption Abort = new(true, 0);

    private readonly ResponseReader _response = new();
    private Socket? _socket;
    private int _sent;
    private long _lastContentNs;

    public bool IsOpen => _socket is not null;

    /// <summary>Whether an exchange is under way.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>When the exchange began, or should have begun on a fixed schedule.</summary>
    public long StartNs { get; private set; }

    /// <summary>Connects; false when nobody accepts.</summary>
    public bool TryOpen()
    {
        var endPoint = worker.Plan.EndPoint;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // On loopback a connection is made at once or not at all.
            socket.Connect(endPoint);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }

        socket.Blocking = false;
        _socket = socket;
        worker.Events.Register(socket, this);
        return true;
    }

    /// <summary>Sends the request; the connection is open and idle.</summary>
    public void Start(long startNs)
    {
        Debug.Assert(IsOpen && !IsBusy, "A connection carries one exchange at a time.");
        _response.Reset();
        _sent = 0;
        _lastContentNs = 0;
        StartNs = startNs;
        IsBusy = true;
        Send();
    }

    /// <summary>Breaks the connection off, leaving no socket in TIME_WAIT.</summary>
    public void Close()
    {
        if (_socket is { } socket)
        {
            worker.Events.Unregister(socket);
            socket.LingerState = Abort;
            socket.Dispose();
            _socket = null;
        }

        IsBusy = false;
    }

    /// <summary>Gives up the exchange, or an idle connection on which something arrived.</summary>
    public void Fail(LoadError error)
    {
        var wasBusy = IsBusy;
        Close();
        worker.OnFailed(this, error, wasBusy);
    }

    public void OnReady(Readiness readiness)
    {
        if (IsBusy && _sent < worker.Plan.Request.Length && (readiness & Readiness.Writable) != 0)
        {
            Send();
        }

        if (IsOpen && (readiness & (Readiness.Readable | Readiness.Ended)) != 0)
        {
            Receive((readiness & Readiness.Ended) != 0);
        }
    }

    private void Send()
    {
        var request = worker.Plan.Request;
        while (_sent < request.Length)
        {
            var count = _socket!.Send(request.AsSpan(_sent), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            if (error != SocketError.Success)
            {
                Fail(LoadError.Broken);
                return;
            }

            _sent += count;
        }
    }

    private void Receive(bool hasEnded)
    {
        var buffer = worker.ReceiveBuffer;
        while (_socket is { } socket)
        {
            var count = socket.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            if (error != SocketError.Success || count == 0)
            {
                OnEnded();
                return;
            }

            OnReceived(buffer.AsSpan(0, count), Stopwatch.GetTimestamp());
            if (count < buffer.Length && !hasEnded)
            {
                return;     // drained; what comes later is reported anew
            }
        }
    }

    private void OnEnded()
    {
        if (IsBusy)
        {
            Fail(LoadError.Broken);
        }
        else
        {
            Close();
            worker.Tally.Reconnects++;
        }
    }

    private void OnReceived(ReadOnlySpan<byte> data, long nowNs)
    {
        if (!IsBusy)
        {
            Fail(LoadError.Framing);
            return;
        }

        var (events, content) = (_response.Events, _response.ContentEvents);
        var (chunks, chunksOfOneEvent) = (_response.Chunks, _response.ChunksOfOneEvent);
        var bodyBytes = _response.BodyBytes;
        var used = _response.Read(data);
        if (worker.Clock.IsInWindow(nowNs))
        {
            var tally = worker.Tally;
            tally.Events += _response.Events - events;
            tally.ContentEvents += _response.ContentEvents - content;
            tally.Chunks += _response.Chunks - chunks;
            tally.ChunksOfOneEvent += _response.ChunksOfOneEvent - chunksOfOneEvent;
            tally.BodyBytes += _response.BodyBytes - bodyBytes;
        }

        if (_response.ContentEvents > content)
        {
            OnContent(_response.ContentEvents - content, nowNs);
        }

        if (_response.State == ResponseState.Malformed || used < data.Length)
        {
            Fail(LoadError.Framing);
        }
        else if (_response.State == ResponseState.Complete)
        {
            OnComplete(nowNs);
        }
    }

    private void OnContent(int count, long nowNs)
    {
        var tally = worker.Tally;
        var isMeasured = StartNs >= worker.Clock.WindowStartNs;
        if (_lastContentNs == 0)
        {
            worker.OnFirstContent();
            if (isMeasured)
            {
                tally.Ttft.Record(nowNs - StartNs);
            }

            count--;
            _lastContentNs = nowNs;
        }

        // Events that arrived in one read have waited for each other: the gap lies before the first of them.
        for (; count > 0; count--)
        {
            if (worker.Clock.IsInWindow(nowNs))
            {
                tally.Gap.Record(nowNs - _lastContentNs);
            }

            _lastContentNs = nowNs;
        }
    }

    private void OnComplete(long nowNs)
    {
        var plan = worker.Plan;
        if (_response.Status != plan.ExpectedStatus)
        {
            Fail(LoadError.Status);
        }
        else if (plan.ExpectedBytes is { } bytes && bytes != _response.BodyBytes)
        {
            Fail(LoadError.Length);
        }
        else if (!_response.IsBetweenEvents || (plan.ExpectedEvents is { } events && events != _response.ContentEvents))
        {
            Fail(LoadError.Events);
        }
        else if (_sent < plan.Request.Length)
        {
            Fail(LoadError.Framing);
        }
        else
        {
            IsBusy = false;
            if (!_response.KeepAlive)
            {
                Close();
                worker.Tally.Reconnects++;
            }

            worker.OnCompleted(this, nowNs);
        }
    }
}
