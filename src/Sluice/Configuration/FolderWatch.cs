namespace Sluice.Configuration;

/// <summary>Says when a file may have changed, by watching its folder. Not thread-safe.</summary>
/// <param name="onEvent">Is called for each event, on any thread.</param>
internal sealed class FolderWatch(Action onEvent) : IDisposable
{
    private FileSystemWatcher? _watcher;
    private string? _file;
    private DateTime _created;

    /// <summary>
    /// Watches for a file instead of the one before; null for none. Does nothing where that is so already.
    /// </summary>
    public void Watch(string? file)
    {
        // A folder that was deleted and made again is another one, though its name is the same.
        var folder = Path.GetDirectoryName(file);
        var created = folder is null ? default : Directory.GetCreationTimeUtc(folder);
        if (_watcher is not null && _file == file && _created == created)
        {
            return;
        }

        Dispose();
        _file = file;
        _created = created;
        if (folder is not null && Directory.Exists(folder))
        {
            _watcher = TryCreate(folder, Path.GetFileName(file)!);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watcher?.Dispose();
        _watcher = null;
    }

    private FileSystemWatcher? TryCreate(string folder, string name)
    {
        var watcher = new FileSystemWatcher(folder);
        try
        {
            // Writing to other files, a log for one, is no event. Names that come and go are: one may be a link on
            // the way.
            watcher.Changed += (_, change) => Pass(change.Name == name);
            watcher.Created += (_, _) => onEvent();
            watcher.Deleted += (_, _) => onEvent();
            watcher.Renamed += (_, _) => onEvent();
            watcher.Error += (_, _) => onEvent();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // The kernel grants no more watches, or the folder may not be read. The file is looked at now and then
            // instead.
            watcher.Dispose();
            return null;
        }
    }

    private void Pass(bool isOurFile)
    {
        if (isOurFile)
        {
            onEvent();
        }
    }
}
