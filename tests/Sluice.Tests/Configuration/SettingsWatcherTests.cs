using System.Diagnostics;
using System.Threading.Channels;
using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

/// <summary>Real files and real events. Each wait ends with an event, or fails after a time that is never reached.</summary>
public sealed class SettingsWatcherTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly Channel<SettingsReload> _reloads = Channel.CreateUnbounded<SettingsReload>();
    private readonly EventsOnlyTime _time = new();
    private SettingsWatcher? _watcher;

    private string File => _folder["sluice.json"];

    public async ValueTask DisposeAsync()
    {
        if (_watcher is not null)
        {
            await _watcher.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Watcher_FileWrittenInPlace_IsLoaded()
    {
        await BeginAsync("""{ "data": "one" }""");

        System.IO.File.WriteAllText(File, """{ "data": "two" }""");

        var reload = await NextAsync();
        Assert.Equal("two", reload.Result.Settings?.Data);
        Assert.Equal(["data"], reload.RestartNeeded);
    }

    [Fact]
    public async Task Watcher_FileReplacedByRename_IsLoadedEachTime()
    {
        // Written before the watch begins, so that the renaming is the only event.
        _folder.Write("1.tmp", """{ "upstream": { "dns_refresh_ms": 1 } }""");
        _folder.Write("2.tmp", """{ "upstream": { "dns_refresh_ms": 2 } }""");
        await BeginAsync("{}");

        for (var round = 1; round <= 2; round++)
        {
            System.IO.File.Move(_folder[$"{round}.tmp"], File, overwrite: true);

            var reload = await NextAsync();
            Assert.Equal(round, reload.Result.Settings?.Upstream.DnsRefreshMs);
            Assert.Empty(reload.RestartNeeded);
        }
    }

    [Fact]
    public async Task Watcher_FileDeletedAndMadeAgain_IsLoaded()
    {
        await BeginAsync("""{ "data": "one" }""");

        System.IO.File.Delete(File);
        _folder.Write("sluice.json", """{ "data": "two" }""");

        Assert.Equal("two", (await NextAsync()).Result.Settings?.Data);
    }

    [Fact]
    public async Task Watcher_FileThatAppears_IsLoaded()
    {
        using var other = new TempFolder();
        await BeginAsync(null);

        System.IO.File.Move(other.Write("new.json", """{ "data": "two" }"""), File);

        Assert.Equal("two", (await NextAsync()).Result.Settings?.Data);
    }

    [Fact]
    public async Task Watcher_LinkedFolderSwappedAsKubernetesDoes_IsLoaded()
    {
        Directory.CreateDirectory(_folder["..1"]);
        Directory.CreateDirectory(_folder["..2"]);
        _folder.Write("..1/sluice.json", """{ "data": "one" }""");
        _folder.Write("..2/sluice.json", """{ "data": "two" }""");
        Directory.CreateSymbolicLink(_folder["..data"], "..1");
        System.IO.File.CreateSymbolicLink(File, Path.Combine("..data", "sluice.json"));
        await BeginAsync(null);

        Directory.CreateSymbolicLink(_folder["..data_tmp"], "..2");
        await RenameAsync(_folder["..data_tmp"], _folder["..data"]);

        Assert.Equal("two", (await NextAsync()).Result.Settings?.Data);
    }

    [Fact]
    public async Task Watcher_TargetOfALinkInAnotherFolder_IsWatchedToo()
    {
        using var other = new TempFolder();
        System.IO.File.CreateSymbolicLink(File, other.Write("real.json", """{ "data": "one" }"""));
        await BeginAsync(null);

        other.Write("real.json", """{ "data": "two" }""");

        Assert.Equal("two", (await NextAsync()).Result.Settings?.Data);
    }

    [Fact]
    public async Task Watcher_InvalidFile_IsRefusedWithLineAndThenRepaired()
    {
        await BeginAsync("""{ "data": "one" }""");

        _folder.Write("sluice.json", "{\n \"data\": \"two\",\n \"limits\": { \"drain_timeout_ms\": -1 } }");
        var refused = await NextAsync();
        _folder.Write("sluice.json", """{ "data": "three" }""");
        var repaired = await NextAsync();

        Assert.Null(refused.Result.Settings);
        Assert.Equal(
            $"{File}:3: limits.drain_timeout_ms: is -1: it must be between 0 and 86400000",
            Assert.Single(refused.Result.Errors).ToString());
        Assert.Empty(refused.RestartNeeded);
        Assert.Equal("three", repaired.Result.Settings?.Data);
    }

    [Fact]
    public async Task Watcher_SameContentAgain_IsNotLoaded()
    {
        await BeginAsync("""{ "data": "one" }""");

        _folder.Write("sluice.json", """{ "data": "one" }""");
        _folder.Write("other.json", """{ "data": "two" }""");
        await _time.IdleAsync();
        var isLoaded = _reloads.Reader.TryRead(out _);
        _folder.Write("sluice.json", """{ "data": "three" }""");

        Assert.False(isLoaded);
        Assert.Equal("three", (await NextAsync()).Result.Settings?.Data);
    }

    [Fact]
    public async Task Watcher_FileChangedBetweenLoadingAndWatching_IsLoaded()
    {
        _folder.Write("sluice.json", """{ "data": "one" }""");
        var loader = new SettingsLoader(Loading.Sources(File));
        var loaded = loader.Load();
        _folder.Write("sluice.json", """{ "data": "two" }""");

        _watcher = new SettingsWatcher(loader, loaded, reload => _reloads.Writer.TryWrite(reload), _time);

        Assert.Equal("two", (await NextAsync()).Result.Settings?.Data);
    }

    [Fact]
    public async Task Watcher_SettingsThatAreReadAtStartOnly_AreNamed()
    {
        await BeginAsync("{}");

        _folder.Write("sluice.json", """
            { "listen": ["http://127.0.0.1:1"], "admin": "http://127.0.0.1:2", "data": "x", "log_level": "debug" }
            """);

        Assert.Equal(["listen", "admin", "data"], (await NextAsync()).RestartNeeded);
    }

    // File.Move follows a link to a folder, and Directory.Move does not replace anything.
    private static async Task RenameAsync(string from, string to)
    {
        using var rename = Process.Start("mv", ["-T", from, to]);
        await rename.WaitForExitAsync();
        Assert.Equal(0, rename.ExitCode);
    }

    private async Task BeginAsync(string? text)
    {
        if (text is not null)
        {
            _folder.Write("sluice.json", text);
        }

        // A file that nobody names need not exist.
        var loader = new SettingsLoader(new SettingsSources { DefaultFile = File });
        _watcher = new SettingsWatcher(loader, loader.Load(), reload => _reloads.Writer.TryWrite(reload), _time);

        // It looks at the file once of its own accord. What comes after that has to come from events.
        await _time.IdleAsync();
        await _time.IdleAsync();
    }

    private async Task<SettingsReload> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await _reloads.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>
    /// Time in which nothing is looked at now and then: long timers never fire, so that only an event can bring a reload.
    /// </summary>
    private sealed class EventsOnlyTime : TimeProvider
    {
        private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

        private readonly Channel<bool> _longTimers = Channel.CreateUnbounded<bool>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime <= Long)
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            _longTimers.Writer.TryWrite(true);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }

        /// <summary>Waits until the watcher has nothing to do but to wait for an event, once more than before.</summary>
        public async Task IdleAsync()
        {
            using var timeout = new CancellationTokenSource(Patience);
            await _longTimers.Reader.ReadAsync(timeout.Token);
        }
    }
}
