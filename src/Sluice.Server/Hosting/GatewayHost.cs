using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Server.Logging;

namespace Sluice.Server.Hosting;

/// <summary>
/// The process as a whole: engine, listeners and the watch on the settings file. Opens the admin listener first and
/// closes it last, so that readiness can be asked for at any time.
/// </summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly SettingsLoader _loader;
    private readonly SettingsResult _loaded;
    private readonly HealthState _health = new();
    private readonly ServerLogging _logging;
    private readonly ILogger _log;
    private readonly ServerCertificate? _certificate;
    private readonly ProxyEngine _engine;
    private readonly AdminListener _admin;
    private readonly DataListeners _data;
    private SettingsWatcher? _watcher;

    /// <param name="loader">Loads the settings again when their file has changed.</param>
    /// <param name="loaded">The settings; valid.</param>
    /// <exception cref="StartupException">The data folder cannot be written to.</exception>
    public GatewayHost(SettingsLoader loader, SettingsResult loaded)
    {
        _loader = loader;
        _loaded = loaded;
        var settings = loaded.Settings!;
        DataFolder.Prepare(settings.Data);
        _logging = new ServerLogging(settings.LogLevel);
        _log = _logging.Loggers.CreateLogger("Sluice.Server");
        _certificate = settings.Tls is null ? null : ServerCertificate.Load(settings.Tls);
        _engine = ProxyEngine.Create(settings, _logging.Loggers);
        _admin = new AdminListener(settings.Admin, _certificate, _health, _logging.Loggers);
        _data = new DataListeners(settings.Listen, _certificate, _engine, _admin.Services, _logging.Loggers);
    }

    /// <summary>The listeners, once they are open.</summary>
    public Endpoints Endpoints { get; private set; } = null!;

    /// <summary>Opens the listeners and begins to watch the settings file.</summary>
    /// <exception cref="StartupException">A listener cannot be opened.</exception>
    public async Task StartAsync()
    {
        var admin = await _admin.StartAsync();
        Endpoints = new Endpoints(await _data.StartAsync(), admin);
        _watcher = new SettingsWatcher(_loader, _loaded, OnReload);
        _health.OnListening();
    }

    /// <summary>Has the settings file looked at soon.</summary>
    public void CheckSettings() => _watcher?.Check();

    /// <summary>
    /// Takes no new exchanges, waits for the running ones as long as the settings allow, and closes everything.
    /// </summary>
    /// <param name="hurry">Ends the waiting.</param>
    public async Task StopAsync(CancellationToken hurry)
    {
        _health.OnDraining();
        _engine.BeginDrain();
        _log.Draining(_engine.ActiveExchanges);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(hurry);
        patience.CancelAfter(TimeSpan.FromMilliseconds(_engine.Settings.Limits.DrainTimeoutMs));

        // The engine ends its exchanges before the server cuts their connections, so that the log does not say that the
        // clients left.
        using var cut = new CancellationTokenSource();
        using var cutting = patience.Token.Register(() =>
        {
            _log.DrainEnded(_engine.ActiveExchanges);
            _engine.EndExchanges();
            cut.Cancel();
        });
        await _data.StopAsync(cut.Token);
        await _admin.StopAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_watcher is not null)
        {
            await _watcher.DisposeAsync();
        }

        _data.Dispose();
        await _engine.DisposeAsync();
        await _admin.DisposeAsync();
        _certificate?.Dispose();
        _logging.Dispose();
    }

    private void OnReload(SettingsReload reload)
    {
        foreach (var warning in reload.Result.Warnings)
        {
            _log.SettingsWarning(warning.ToString());
        }

        if (reload.Result.Settings is not { } settings)
        {
            foreach (var error in reload.Result.Errors)
            {
                _log.SettingsError(error.ToString());
            }

            _log.SettingsRefused(_loader.Sources.EffectiveFile);
            _health.OnSettings("The settings file is not valid; the settings before it stay in force.");
            return;
        }

        Apply(settings);
        if (reload.RestartNeeded.Count > 0)
        {
            _log.RestartNeeded(string.Join(", ", reload.RestartNeeded));
        }
    }

    private void Apply(SluiceSettings settings)
    {
        try
        {
            _engine.Apply(settings);
        }
        catch (SettingsException exception)
        {
            // A file that the settings name has changed since they were loaded.
            _log.SettingsError(exception.Message);
            _health.OnSettings("The settings could not be applied; the ones before stay in force.");
            return;
        }

        _logging.Level = settings.LogLevel;
        _health.OnSettings(null);
        _log.SettingsApplied(_loader.Sources.EffectiveFile);
    }
}
