using Sluice.Perf.Measuring;

namespace Sluice.Perf.Load;

/// <summary>Memory of a server with so many streams open.</summary>
internal readonly record struct StreamMemory(int Streams, MemoryUse Memory);
