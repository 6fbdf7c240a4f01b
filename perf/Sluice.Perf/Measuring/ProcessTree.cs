using System.Globalization;
using Sluice.Perf.Sockets;

namespace Sluice.Perf.Measuring;

/// <summary>A process with all processes below it, as the kernel accounts for them.</summary>
internal sealed class ProcessTree(int rootId)
{
    /// <summary>Kernel clock ticks in <c>/proc/PID/stat</c> are 10 ms on every Linux that .NET runs on.</summary>
    private const long TickNs = 10_000_000;

    /// <summary>
    /// CPU time of all of them so far, in nanoseconds, with that of their children that have ended. Live processes
    /// are read from their scheduler clocks, which are exact, and not from the 10 ms ticks of <c>/proc/PID/stat</c>.
    /// </summary>
    public long CpuNs()
    {
        long total = 0;
        foreach (var (id, endedChildrenTicks) in Members())
        {
            total += Math.Max(0, LinuxCalls.ProcessCpuNs(id)) + (endedChildrenTicks * TickNs);
        }

        return total;
    }

    /// <summary>Memory of all of them now.</summary>
    public MemoryUse Memory()
    {
        var total = default(MemoryUse);
        foreach (var (id, _) in Members())
        {
            try
            {
                total += MemoryUse.Parse(File.ReadLines($"/proc/{id}/smaps_rollup"));
            }
            catch (IOException)
            {
                // The process ended after it was listed, and uses nothing any more.
            }
        }

        return total;
    }

    /// <summary>Whether the topmost process is there.</summary>
    public bool IsAlive => LinuxCalls.ProcessCpuNs(rootId) >= 0;

    private List<(int Id, long EndedChildrenTicks)> Members()
    {
        var children = new Dictionary<int, List<(int Id, long Ticks)>>();
        var members = new List<(int Id, long Ticks)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var id)
                && TryReadStat(id, out var parentId, out var ticks))
            {
                if (id == rootId)
                {
                    members.Add((id, ticks));
                }
                else if (children.TryGetValue(parentId, out var siblings))
                {
                    siblings.Add((id, ticks));
                }
                else
                {
                    children[parentId] = [(id, ticks)];
                }
            }
        }

        for (var i = 0; i < members.Count; i++)
        {
            members.AddRange(children.GetValueOrDefault(members[i].Id, []));
        }

        return members;
    }

    private static bool TryReadStat(int id, out int parentId, out long endedChildrenTicks)
    {
        (parentId, endedChildrenTicks) = (0, 0);
        try
        {
            // The second field is the name in parentheses and may hold spaces; numbered from 1, what follows starts
            // at field 3.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            parentId = int.Parse(fields[4 - 3], CultureInfo.InvariantCulture);
            endedChildrenTicks = long.Parse(fields[16 - 3], CultureInfo.InvariantCulture)
                + long.Parse(fields[17 - 3], CultureInfo.InvariantCulture);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
