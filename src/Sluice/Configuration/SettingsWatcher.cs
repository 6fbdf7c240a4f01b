using System.Security.Cryptography;

namespace Sluice.Configuration;

/// <summary>
/// Watches the settings file and loads it again when its content has changed. It is the folder that is watched:
/// editors replace a file by renaming another one over it, and Kubernetes by swapping a symbolic link beside it.
/// Events only say that it is time to look; what decides is the content.
/// </summary>
public sealed class SettingsWatcher : IAsyncDisposable
{
    // Editors and copies write in several steps; this long after the last of them the file is taken to be whole.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);

    // In a folder where something always happens the file is looked at nevertheless.
    private static readonly TimeSpan SettlingMax = TimeSpan.FromSeconds(2);

    // Some mounts deliver no events, and the kernel grants a limited number of watches; the file is looked at all the
    // same.
    private static readonly TimeSpan LookAnyway = TimeSpan.FromSeconds(10);

    private readonly SettingsLoader _loader;
    private readonly SluiceSettings _started;
    private readonly Action<SettingsReload> _onReload;
    private readonly TimeProvider _time;
    private readonly string _file;

    // Never disposed: an event may still be on its way then, and without a wait handle it holds nothing.
    private readonly SemaphoreSlim _events = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly FolderWatch _folder;
    private readonly FolderWatch _linkedFolder;
    private readonly Task _loop;
    private byte[] _seen;

    /// <summary>Begins to watch. A file that does not exist is waited for.</summary>
    /// <param name="loader">Loads the settings.</param>
    /// <param name="started">What was loaded when the process started; it must be valid.</param>
    /// <param name="onReload">
    /// Is told what a changed file holds: one call after the other, never at the same time. It must not throw.
    /// </param>
    /// <param name="time">The clock; null for the system's.</param>
    public SettingsWatcher(
        SettingsLoader loader, SettingsResult started, Action<SettingsReload> onReload, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentNullException.ThrowIfNull(started);
        _loader = loader;
        _started = started.Settings ?? throw new ArgumentException("The settings are not valid.", nameof(started));
        _onReload = onReload;
        _time = time ?? TimeProvider.System;
        _file = Path.GetFullPath(loader.Sources.EffectiveFile);
        _folder = new FolderWatch(Check);
        _linkedFolder = new FolderWatch(Check);
        WatchFolders();
        _seen = started.ContentHash;

        // The file may have changed since it was loaded.
        Check();
        _loop = RunAsync();
    }

    /// <summary>Has the file looked at soon, without an event.</summary>
    public void Check() => _events.Release();

    /// <summary>Stops watching.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _folder.Dispose();
        _linkedFolder.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await WaitForEventAsync(LookAnyway);
                var begun = _time.GetTimestamp();
                while (await WaitForEventAsync(Settling) && _time.GetElapsedTime(begun) < SettlingMax)
                {
                    // Still being written.
                }

                LookAtFile();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <returns>Whether anything has happened within the time.</returns>
    private async Task<bool> WaitForEventAsync(TimeSpan time)
    {
        using var timeout = new CancellationTokenSource(time, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        try
        {
            await _events.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            return false;
        }

        while (_events.Wait(0, CancellationToken.None))
        {
            // One look answers all events so far.
        }

        return true;
    }

    private void LookAtFile()
    {
        WatchFolders();
        var content = Fingerprint();

        // A file that is gone or empty leaves its settings behind: it comes back, or the next start will tell.
        if (content is not null && !content.AsSpan().SequenceEqual(_seen))
        {
            var result = _loader.Load();
            if (result.File is not null)
            {
                _seen = result.ContentHash;
                _onReload(SettingsReload.Create(result, _started));
            }
        }
    }

    private void WatchFolders()
    {
        _folder.Watch(_file);
        _linkedFolder.Watch(LinkTarget());
    }

    // Where the file is a link, its content changes in another place.
    private string? LinkTarget()
    {
        try
        {
            return File.ResolveLinkTarget(_file, returnFinalTarget: true)?.FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private byte[]? Fingerprint()
    {
        try
        {
            using var file = File.OpenRead(_file);

            // Whoever writes in place empties the file first.
            return file.Length == 0 ? null : SHA256.HashData(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
