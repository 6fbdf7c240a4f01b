using Sluice.Server.Commands;

namespace Sluice.Server;

/// <summary>The executable.</summary>
internal static class Program
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private static Task<int> Main(string[] args)
    {
        // Lets a socket's event loop run what waits for it, instead of waking a thread of the pool: measured, that
        // halves the cost of a forwarded request. System.Net.Sockets reads it once, when it is first used; so this
        // comes first.
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }

        return SluiceCommandLine.InvokeAsync(args);
    }
}
