using System.Diagnostics.CodeAnalysis;

namespace Sluice.Proxy.Model;

/// <summary>Where one request goes. Written by a provider, reused for the next request; not thread-safe.</summary>
internal sealed class UpstreamTarget
{
    private byte[] _target = new byte[256];
    private int _length;

    /// <summary>The address to connect to.</summary>
    public UpstreamAddress? Address { get; set; }

    /// <summary>The request target in origin form.</summary>
    public ReadOnlySpan<byte> Target => _target.AsSpan(0, _length);

    /// <summary>
    /// Fields of the client that are meant for the gateway alone, as a mask of <c>1 &lt;&lt; KnownHeader</c>.
    /// </summary>
    public ulong OmitHeaders { get; set; }

    /// <summary>What is wrong with the request's path, in words for its sender; null if nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Makes the instance ready for the next request.</summary>
    public void Reset()
    {
        Address = null;
        OmitHeaders = 0;
        Problem = null;
        _length = 0;
    }

    /// <summary>Appends to the request target.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_target.Length - _length < bytes.Length)
        {
            Array.Resize(ref _target, Math.Max(_target.Length * 2, _length + bytes.Length));
        }

        bytes.CopyTo(_target.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Says what is wrong with the path.</summary>
    /// <returns>False, so that a provider can return it.</returns>
    public bool Fail([NotNull] string problem)
    {
        Problem = problem;
        return false;
    }
}
