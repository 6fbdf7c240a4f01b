using System.Diagnostics;
using System.Net.Sockets;
using Sluice.Perf.Sockets;

namespace Sluice.Perf.Upstream;

/// <summary>
/// One connection to the provider double: <c>read request -> send what is due -> wait for time or room -> ... -> next
/// request</c>. Content events are due on a clock that starts with the request, so a late one does not delay those
/// after it.
/// </summary>
internal sealed class ProviderConnection : WheelTimer, ISocketHandler
{
    /// <summary>What a client may send ahead of the end of an answer.</summary>
    private const int EarlyBytesMax = 64 * 1024;

    private const double NsPerMs = 1_000_000;

    private static readonly LingerOption Abort = new(true, 0);

    private readonly ProviderLoop _loop;
    private readonly Socket _socket;
    private readonly RequestReader _request;
    private ReadOnlyMemory<byte> _pending;
    private byte[] _early = [];
    private int _tokensLeft;
    private long _dueNs;
    private bool _isReplying;
    private bool _isLastPart;
    private bool _isClosed;

    public ProviderConnection(ProviderLoop loop, Socket socket)
    {
        _loop = loop;
        _socket = socket;
        _request = new RequestReader(loop.Defaults);
    }

    public void OnReady(Readiness readiness)
    {
        if (_isReplying && !_pending.IsEmpty && (readiness & Readiness.Writable) != 0)
        {
            Resume();
        }

        if (!_isClosed && (readiness & (Readiness.Readable | Readiness.Ended)) != 0)
        {
            Receive((readiness & Readiness.Ended) != 0);
        }
    }

    public override void OnDue() => Resume();

    /// <summary>Ends the connection; an answer under way is cut off.</summary>
    public void Close()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _loop.Timers.Cancel(this);
        _loop.Forget(this, _socket);
        if (_isReplying)
        {
            // A reset leaves no socket behind in TIME_WAIT when thousands of streams are broken off.
            _socket.LingerState = Abort;
        }

        _socket.Dispose();
    }

    private void Receive(bool hasEnded)
    {
        var buffer = _loop.ReceiveBuffer;
        while (!_isClosed)
        {
            var count = _socket.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            if (error != SocketError.Success || count == 0)
            {
                Close();
                return;
            }

            OnReceived(buffer.AsSpan(0, count));
            if (count < buffer.Length && !hasEnded)
            {
                return;     // drained; what comes later is reported anew
            }
        }
    }

    private void OnReceived(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && !_isClosed)
        {
            if (_isReplying)
            {
                KeepEarly(data);
                return;
            }

            data = data[_request.Read(data)..];
            switch (_request.State)
            {
                case RequestState.Complete:
                    BeginReply();
                    break;

                case RequestState.Malformed:
                    _ = _socket.Send(ReplyBytes.BadRequest.Span, SocketFlags.None, out _);
                    Close();
                    break;

                case RequestState.FixedBody or RequestState.ChunkedBody when _request.TakeExpectation():
                    _ = _socket.Send(ReplyBytes.Continue.Span, SocketFlags.None, out _);
                    break;

                default:
                    break;
            }
        }
    }

    private void KeepEarly(ReadOnlySpan<byte> data)
    {
        if (_early.Length + data.Length > EarlyBytesMax)
        {
            Close();
            return;
        }

        _early = [.. _early, .. data];
    }

    private void BeginReply()
    {
        var reply = _request.Reply;
        _isReplying = true;
        _isLastPart = false;
        _tokensLeft = reply.Tokens;
        _dueNs = reply.TtftMs > 0 || reply.Tokens > 0 ? Stopwatch.GetTimestamp() + (long)(reply.TtftMs * NsPerMs) : 0;
        _pending = reply.Tokens > 0 ? ReplyBytes.Opening : default;
        SendWhatIsDue();
    }

    private void Resume()
    {
        SendWhatIsDue();
        if (!_isReplying && _early.Length > 0)
        {
            var early = _early;
            _early = [];
            OnReceived(early);
        }
    }

    private void SendWhatIsDue()
    {
        var nowNs = _dueNs > 0 ? Stopwatch.GetTimestamp() : 0;
        while (TrySendPending())
        {
            if (_isLastPart)
            {
                EndReply();
                return;
            }

            if (_dueNs > nowNs)
            {
                _loop.Timers.Schedule(this, _dueNs);
                return;
            }

            PrepareNextPart();
        }
    }

    private void PrepareNextPart()
    {
        var reply = _request.Reply;
        if (_tokensLeft > 0)
        {
            _pending = _loop.Replies.Event(reply.EventBytes);
            _tokensLeft--;
            _dueNs += _tokensLeft > 0 ? (long)(reply.DelayMs * NsPerMs) : 0;
        }
        else
        {
            _pending = reply.Tokens > 0 ? _loop.Replies.Ending(reply.Tokens) : _loop.Replies.Answer(reply.BodyBytes);
            _isLastPart = true;
        }
    }

    /// <summary>False when the socket takes no more now, or is closed.</summary>
    private bool TrySendPending()
    {
        while (!_pending.IsEmpty)
        {
            var count = _socket.Send(_pending.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return false;
            }

            if (error != SocketError.Success)
            {
                Close();
                return false;
            }

            _pending = _pending[count..];
        }

        return true;
    }

    private void EndReply()
    {
        var keepAlive = _request.KeepAlive;
        _isReplying = false;
        _request.Reset();
        if (!keepAlive)
        {
            Close();
        }
    }
}
