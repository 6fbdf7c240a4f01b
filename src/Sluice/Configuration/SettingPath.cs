using System.Globalization;

namespace Sluice.Configuration;

/// <summary>Where a setting stands: a chain of names and positions from the top. Immutable.</summary>
internal sealed class SettingPath
{
    private readonly SettingPath? _parent;
    private readonly string? _name;
    private readonly int _index;

    private SettingPath(SettingPath? parent, string? name, int index)
    {
        _parent = parent;
        _name = name;
        _index = index;
    }

    /// <summary>The settings as a whole.</summary>
    public static SettingPath Root { get; } = new(null, null, 0);

    /// <summary>A field of the group at this path.</summary>
    public SettingPath Member(string name) => new(this, name, 0);

    /// <summary>An element of the list at this path.</summary>
    public SettingPath Item(int index) => new(this, null, index);

    /// <summary>The node at this path, or the nearest one around it that the tree has.</summary>
    public SettingsNode? Locate(SettingsNode? root)
    {
        if (_parent is null || root is null)
        {
            return root;
        }

        var around = _parent.Locate(root)!;
        return (_name is null ? around.Item(_index) : around.Member(_name)) ?? around;
    }

    /// <summary>Whether this path is one of a set, or lies below one of them.</summary>
    public bool IsWithin(HashSet<string> paths) => paths.Contains(ToString()) || (_parent?.IsWithin(paths) ?? false);

    /// <inheritdoc/>
    public override string ToString()
    {
        if (_parent is null)
        {
            return "";
        }

        var around = _parent.ToString();
        return _name is null ? around + "[" + _index.ToString(CultureInfo.InvariantCulture) + "]"
            : around.Length == 0 ? _name
            : around + "." + _name;
    }
}
