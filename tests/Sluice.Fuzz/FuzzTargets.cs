using Sluice.Fuzz.Targets;

namespace Sluice.Fuzz;

/// <summary>All targets, in the order in which they run.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new RequestHeadTarget(),
        new ResponseHeadTarget(),
        new ChunkedBodyTarget(),
        new SseTarget(),
    ];
}
