using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Providers;

/// <summary>
/// The addresses of a provider whose host has a part that the path names, such as a region. That part comes from
/// whoever sends the request, so it has to be a plain DNS label: with a dot, a slash or an <c>@</c> in it, it could
/// lead to any host. Thread-safe.
/// </summary>
/// <param name="before">What stands in front of the label.</param>
/// <param name="after">What follows it.</param>
/// <param name="replacement">An address that replaces all of them; null for none.</param>
internal sealed class DerivedHosts(string before, string after, UpstreamAddress? replacement)
{
    /// <summary>The rule for the part that a path names, to be put into messages.</summary>
    public const string Rule = "lower-case letters, digits and inner hyphens, at most 63";

    // RFC 1035, 2.3.4.
    private const int LabelLengthMax = 63;

    // Far more than there are regions, and enough for the resources of one company. What comes after is not kept, so
    // that made-up names cost their sender an allocation instead of costing the process its memory.
    private const int AddressesMax = 1024;

    private static readonly SearchValues<byte> LabelCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-"u8);

    private readonly ConcurrentDictionary<string, UpstreamAddress> _addresses = new(StringComparer.Ordinal);

    // Counted here, because the dictionary's own count takes all its locks. Racing requests may overshoot by their
    // number.
    private int _count;

    // What is left of a DNS label's length after the characters that share it with the path's part.
    private readonly int _lengthMax =
        LabelLengthMax - (before.Length - before.LastIndexOf('.') - 1) - after.IndexOf('.', StringComparison.Ordinal);

    /// <summary>The address for the part of the host that a path names.</summary>
    /// <returns>False where it is no plain DNS label.</returns>
    public bool TryGet(ReadOnlySpan<byte> label, [NotNullWhen(true)] out UpstreamAddress? address)
    {
        if (label.IsEmpty
            || label.Length > _lengthMax
            || label.ContainsAnyExcept(LabelCharacters)
            || label[0] == '-'
            || label[^1] == '-')
        {
            address = null;
            return false;
        }

        address = replacement ?? GetOrAdd(label);
        return true;
    }

    private UpstreamAddress GetOrAdd(ReadOnlySpan<byte> label)
    {
        Span<char> buffer = stackalloc char[LabelLengthMax];
        var name = buffer[..Encoding.ASCII.GetChars(label, buffer)];
        if (_addresses.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var known))
        {
            return known;
        }

        var address = new UpstreamAddress($"{before}{name}{after}", 443, isTls: true);
        if (Volatile.Read(ref _count) < AddressesMax && _addresses.TryAdd(name.ToString(), address))
        {
            Interlocked.Increment(ref _count);
        }

        return address;
    }
}
