using System.CommandLine;
using System.Runtime.InteropServices;

namespace Sluice.Server.Commands;

/// <summary><c>sluice version</c>: the build, the runtime and the system, for reports of faults.</summary>
internal sealed class VersionCommand : Command
{
    public VersionCommand()
        : base("version", "Print the version, the runtime and the system.")
    {
        var platform = $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}";
        SetAction(_ => Console.WriteLine($"sluice {ProductVersion.Full} ({platform})"));
    }
}
