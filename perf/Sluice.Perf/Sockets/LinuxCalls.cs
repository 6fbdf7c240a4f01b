using System.Runtime.InteropServices;

namespace Sluice.Perf.Sockets;

/// <summary>
/// The few Linux calls that the base class library does not offer. Everything else about a socket goes through
/// <see cref="System.Net.Sockets.Socket"/>, whose synchronous calls on a non-blocking socket are plain system calls.
/// </summary>
internal static unsafe partial class LinuxCalls
{
    internal const int Interrupted = 4;
    internal const int SignalTerminate = 15;

    /// <summary>
    /// Same number on every architecture; called by number because glibc has the name only since 2.35.
    /// </summary>
    private const int EpollWait2Number = 441;

    private const int SetTimerSlackOption = 29;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int descriptor, byte* registration);

    internal static int EpollWait(int epoll, byte* events, int eventsMax, long timeoutNs)
    {
        var (seconds, nanoseconds) = Math.DivRem(timeoutNs, 1_000_000_000);
        var timeout = new Timespec(seconds, nanoseconds);
        return (int)SystemCall(EpollWait2Number, epoll, (nint)events, eventsMax, (nint)(&timeout), 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int processId, int signal);

    /// <summary>Timers of the calling thread fire on time instead of up to 50 us late.</summary>
    internal static void UseExactTimers() => _ = ProcessControl(SetTimerSlackOption, 1, 0, 0, 0);

    /// <summary>
    /// CPU time of a whole process, threads that ended included, in nanoseconds; -1 when there is no such process.
    /// </summary>
    internal static long ProcessCpuNs(int processId)
    {
        const int schedulerClock = 2;   // MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED) of the kernel
        var clock = (~processId << 3) | schedulerClock;
        Timespec time;
        return ClockGetTime(clock, &time) == 0 ? (time.Seconds * 1_000_000_000) + time.Nanoseconds : -1;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, Timespec* time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec(long seconds, long nanoseconds)
    {
        public readonly long Seconds = seconds;
        public readonly long Nanoseconds = nanoseconds;
    }
}
