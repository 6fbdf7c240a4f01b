using System.Buffers;

namespace Sluice.Http.Tests;

/// <summary>
/// A writer that gives out exactly the space that was asked for, as a pipe may; most others round up and hide a writer
/// that asks for too little.
/// </summary>
internal sealed class ExactBufferWriter : IBufferWriter<byte>
{
    private readonly List<byte> _written = [];
    private byte[] _given = [];

    public ReadOnlySpan<byte> Written => _written.ToArray();

    public void Advance(int count) => _written.AddRange(_given.AsSpan(0, count));

    public Memory<byte> GetMemory(int sizeHint = 0) => _given = new byte[Math.Max(1, sizeHint)];

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
