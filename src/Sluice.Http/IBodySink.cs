namespace Sluice.Http;

/// <summary>Sees the bytes of a body as they pass, without their framing.</summary>
public interface IBodySink
{
    /// <summary>Takes the next bytes of the body. They are valid only during the call.</summary>
    void OnBody(ReadOnlySpan<byte> bytes);
}

/// <summary>A sink that keeps nothing.</summary>
public readonly struct NullBodySink : IBodySink
{
    /// <inheritdoc/>
    public void OnBody(ReadOnlySpan<byte> bytes)
    {
    }
}
