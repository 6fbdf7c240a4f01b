using System.Diagnostics;
using System.Numerics;

namespace Sluice.Perf.Sockets;

/// <summary>
/// One clock for all streams of a loop. Timers hang in a ring of slots of 65.5 us each; a timer further away than one
/// turn (half a second) stays in its slot until the turn it belongs to. Scheduling and cancelling cost a few writes,
/// and a bitmap of used slots finds the next one without walking the ring.
/// </summary>
/// <remarks>Times are nanoseconds of <see cref="Stopwatch"/>, whose frequency on Linux is 1 GHz.</remarks>
internal sealed class TimerWheel
{
    private const int TickShift = 16;
    private const int SlotCount = 8192;
    private const int SlotMask = SlotCount - 1;

    private readonly WheelTimer?[] _slots = new WheelTimer?[SlotCount];
    private readonly ulong[] _used = new ulong[SlotCount / 64];

    // Invariant: every timer due before this tick has fired.
    private long _currentTick;

    public TimerWheel(long nowNs) => _currentTick = nowNs >> TickShift;

    /// <summary>
    /// Lets <paramref name="timer"/> fire at the first tick that is not before <paramref name="dueNs"/>.
    /// </summary>
    public void Schedule(WheelTimer timer, long dueNs)
    {
        Debug.Assert(timer.DueTick < 0, "A timer waits once.");
        var tick = Math.Max((dueNs + (1L << TickShift) - 1) >> TickShift, _currentTick);
        var slot = (int)(tick & SlotMask);
        timer.DueTick = tick;
        timer.Previous = null;
        timer.Next = _slots[slot];
        if (timer.Next is not null)
        {
            timer.Next.Previous = timer;
        }

        _slots[slot] = timer;
        _used[slot >> 6] |= 1UL << slot;
    }

    /// <summary>Takes a timer out; does nothing when it does not wait.</summary>
    public void Cancel(WheelTimer timer)
    {
        if (timer.DueTick < 0)
        {
            return;
        }

        var slot = (int)(timer.DueTick & SlotMask);
        if (timer.Previous is null)
        {
            _slots[slot] = timer.Next;
        }
        else
        {
            timer.Previous.Next = timer.Next;
        }

        if (timer.Next is not null)
        {
            timer.Next.Previous = timer.Previous;
        }

        timer.Previous = timer.Next = null;
        timer.DueTick = -1;
        if (_slots[slot] is null)
        {
            _used[slot >> 6] &= ~(1UL << slot);
        }
    }

    /// <summary>Fires what is due and returns the time at which to call again.</summary>
    public long Advance(long nowNs)
    {
        var nowTick = nowNs >> TickShift;
        while (true)
        {
            var tick = NextUsedTick();
            if (tick > nowTick)
            {
                // Timers may still be put into the current tick, which is not over.
                _currentTick = Math.Max(_currentTick, nowTick);
                return tick == long.MaxValue ? long.MaxValue : tick << TickShift;
            }

            // Moved on first, so that a timer that schedules itself again lands in a later slot than the one being
            // emptied.
            _currentTick = tick + 1;
            Fire(tick);
        }
    }

    private void Fire(long tick)
    {
        var slot = (int)(tick & SlotMask);
        var timer = _slots[slot];
        while (timer is not null)
        {
            var next = timer.Next;
            if (timer.DueTick <= tick)
            {
                Cancel(timer);
                timer.OnDue();
            }

            timer = next;
        }
    }

    private long NextUsedTick()
    {
        var start = (int)(_currentTick & SlotMask);
        for (var i = 0; i <= _used.Length; i++)
        {
            var word = ((start >> 6) + i) % _used.Length;
            var bits = _used[word];
            if (i == 0)
            {
                bits &= ulong.MaxValue << start;
            }

            if (bits != 0)
            {
                var slot = (word << 6) + BitOperations.TrailingZeroCount(bits);
                return _currentTick + ((slot - start) & SlotMask);
            }
        }

        return long.MaxValue;
    }
}
