using System.IO.Pipelines;
using Sluice.Http;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Exchange;

/// <summary>
/// All state of one exchange. One instance belongs to one client connection and is reused for each of its exchanges.
/// The connection's own flow works on it; other threads (heartbeat, transport) may only call
/// <see cref="TryEnd(ExchangeEnd)"/>.
/// </summary>
internal sealed class ExchangeContext : IDisposable
{
    private const int EndBits = 8;

    // Generation shifted by EndBits, and why this generation was ended. One word, so that an end that comes late can
    // never hit the exchange that follows.
    private long _state;
    private UpstreamConnection? _upstream;
    private CancellationTokenSource? _connecting;

    private readonly TimeProvider _time;

    public ExchangeContext(IDuplexPipe client, HttpLimits limits, Deadline deadline, TimeProvider time)
    {
        _time = time;
        Input = client.Input;
        Output = client.Output;
        Request = new RequestHead(limits);
        Deadline = deadline;
    }

    /// <summary>What the client sends.</summary>
    public PipeReader Input { get; }

    /// <summary>What the client is sent.</summary>
    public PipeWriter Output { get; }

    /// <summary>The request's head.</summary>
    public RequestHead Request { get; }

    /// <summary>The connection's time limit.</summary>
    public Deadline Deadline { get; }

    /// <summary>The settings that were in force when the exchange began.</summary>
    public EngineModel Model { get; private set; } = null!;

    /// <summary>Where the request goes.</summary>
    public UpstreamTarget Target { get; } = new();

    /// <summary>How the request's body is framed.</summary>
    public BodyFraming RequestFraming { get; set; }

    /// <summary>What is noted for the log.</summary>
    public ExchangeRecord Record { get; private set; } = null!;

    /// <summary>Whether the client connection ends with this exchange.</summary>
    public bool ClosesClient { get; set; }

    /// <summary>Whether a byte of the final response was handed to the client: there is no way back.</summary>
    public bool ResponseStarted { get; set; }

    /// <summary>Whether an interim response was passed on: the client knows that its request has arrived.</summary>
    public bool SentInterim { get; set; }

    /// <summary>Where captures take their bytes from; null where nothing is captured.</summary>
    public CaptureBudget? CaptureBudget { get; private set; }

    /// <summary>
    /// Whether the client connection must be cut off, because a close would look like the end of the response.
    /// </summary>
    public bool AbortsClient { get; set; }

    /// <summary>Whether bytes of the client may be left unread when the exchange is over.</summary>
    public bool LeavesInput { get; set; }

    /// <summary>What is wrong with the request's body, where <see cref="End"/> says that something is.</summary>
    public ParseError BodyError { get; set; }

    /// <summary>Why the exchange was ended before its time.</summary>
    public ExchangeEnd End => (ExchangeEnd)(Volatile.Read(ref _state) & ((1 << EndBits) - 1));

    /// <summary>Which of the connection's exchanges this is.</summary>
    public long Generation => Volatile.Read(ref _state) >> EndBits;

    /// <summary>Now, as the record's stamps are taken.</summary>
    public long Timestamp() => _time.GetTimestamp();

    /// <summary>The time since a <see cref="Timestamp"/>.</summary>
    public TimeSpan TimeSince(long timestamp) => _time.GetElapsedTime(timestamp);

    /// <summary>Begins an exchange.</summary>
    /// <param name="model">The settings in force.</param>
    /// <param name="record">Takes the notes.</param>
    public void Begin(EngineModel model, ExchangeRecord record)
    {
        Model = model;
        Record = record;
    }

    /// <summary>Allows that the response is captured.</summary>
    public void AllowCapture(CaptureBudget budget) => CaptureBudget = budget;

    /// <summary>
    /// Ends the exchange for a reason, if nothing else did before: whatever it waits for fails at once. Thread-safe.
    /// </summary>
    public bool TryEnd(ExchangeEnd reason) => TryEnd(reason, Generation);

    /// <summary>Ends one exchange and none that follows it. Thread-safe.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="generation">The <see cref="Generation"/> that the reason was found in.</param>
    public bool TryEnd(ExchangeEnd reason, long generation)
    {
        // Before the response only the flush of what the gateway then answers can be pending, and that one must not be
        // cancelled: a TLS stream whose write was cancelled is broken. So this is asked before anybody can see the end.
        var responseStarted = ResponseStarted;
        var state = Volatile.Read(ref _state);
        if ((state & ((1 << EndBits) - 1)) != 0
            || state >> EndBits != generation
            || Interlocked.CompareExchange(ref _state, state | (long)reason, state) != state)
        {
            return false;
        }

        Volatile.Read(ref _upstream)?.Abort();
        Volatile.Read(ref _connecting)?.Cancel();
        Input.CancelPendingRead();
        if (responseStarted)
        {
            Output.CancelPendingFlush();
        }

        return true;
    }

    /// <summary>
    /// A token for the connect of an upstream connection; connects are rare enough to afford one each.
    /// </summary>
    public CancellationToken BeginConnect()
    {
        var connecting = new CancellationTokenSource();
        Volatile.Write(ref _connecting, connecting);
        Interlocked.MemoryBarrier();
        if (End != ExchangeEnd.None)
        {
            connecting.Cancel();
        }

        return connecting.Token;
    }

    /// <summary>Says which upstream connection the exchange is using.</summary>
    /// <returns>False where the exchange was ended meanwhile; the connection is then aborted.</returns>
    public bool Attach(UpstreamConnection upstream)
    {
        Volatile.Write(ref _connecting, null);
        Volatile.Write(ref _upstream, upstream);

        // Either TryEnd sees the connection, or this sees the end.
        Interlocked.MemoryBarrier();
        if (End == ExchangeEnd.None)
        {
            return true;
        }

        upstream.Abort();
        return false;
    }

    /// <summary>The exchange uses no upstream connection any more.</summary>
    public void Detach() => Volatile.Write(ref _upstream, null);

    /// <summary>
    /// Closes the exchange to ends from other threads.
    /// </summary>
    /// <returns>False where one came first: then nothing of the exchange may be used again.</returns>
    public bool TryFinish()
    {
        var state = Volatile.Read(ref _state);
        return (state & ((1 << EndBits) - 1)) == 0
            && Interlocked.CompareExchange(ref _state, state + (1 << EndBits), state) == state;
    }

    /// <summary>Makes the instance ready for the next exchange.</summary>
    public void Reset()
    {
        Request.Reset();
        Target.Reset();
        RequestFraming = default;
        Record = null!;
        CaptureBudget = null;
        ClosesClient = ResponseStarted = SentInterim = AbortsClient = LeavesInput = false;
        BodyError = ParseError.None;
    }

    /// <inheritdoc/>
    public void Dispose() => Request.Dispose();
}
