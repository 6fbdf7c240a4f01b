using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sluice.Proxy.Model;

/// <summary>
/// A read-only map from names to values that is looked up with bytes as they stand on the wire, without allocating.
/// </summary>
internal sealed class Utf8NameMap<TValue>
    where TValue : class
{
    private readonly Dictionary<byte[], TValue>.AlternateLookup<ReadOnlySpan<byte>> _values;

    public Utf8NameMap(IEnumerable<KeyValuePair<string, TValue>> values)
    {
        var map = new Dictionary<byte[], TValue>(Comparer.Instance);
        foreach (var (name, value) in values)
        {
            map.Add(Encoding.UTF8.GetBytes(name), value);
        }

        _values = map.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public TValue? Find(ReadOnlySpan<byte> name) => _values.TryGetValue(name, out var value) ? value : null;

    private sealed class Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Comparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
