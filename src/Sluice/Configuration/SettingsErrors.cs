namespace Sluice.Configuration;

/// <summary>Collects what is wrong with settings, and finds the place where each of them was written.</summary>
internal sealed class SettingsErrors
{
    private readonly List<SettingsError> _errors = [];
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    /// <summary>The settings as they were written; null where code made them.</summary>
    public SettingsNode? Tree { get; set; }

    /// <summary>Whether nothing is wrong so far.</summary>
    public bool IsEmpty => _errors.Count == 0;

    /// <summary>
    /// Says what is wrong with a setting. Ignored for one that has been taken out by <see cref="Refuse"/>.
    /// </summary>
    public void Add(SettingPath path, string reason)
    {
        if (!path.IsWithin(_refused))
        {
            var node = path.Locate(Tree);
            _errors.Add(new SettingsError(node?.Source ?? "", node?.Line ?? 0, path.ToString(), reason));
        }
    }

    /// <summary>Says what is wrong with a setting whose place is known.</summary>
    public void Add(string source, int line, string path, string reason) =>
        _errors.Add(new SettingsError(source, line, path, reason));

    /// <summary>
    /// Says that a setting cannot be read at all. It counts as not written, and whatever follows from that is not
    /// said too.
    /// </summary>
    public void Refuse(SettingPath path, SettingsNode node, string reason)
    {
        Add(node.Source, node.Line, path.ToString(), reason);
        _refused.Add(path.ToString());
    }

    /// <summary>All errors, those of one source in the order of their lines.</summary>
    public IReadOnlyList<SettingsError> ToList() =>
        [.. _errors.OrderBy(error => error.Line == 0).ThenBy(error => error.Line)];
}
