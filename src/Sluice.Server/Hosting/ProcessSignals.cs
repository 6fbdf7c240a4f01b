using System.Runtime.InteropServices;

namespace Sluice.Server.Hosting;

/// <summary>
/// What the process is told by signals: SIGTERM and SIGINT stop it gently, a second one at once, SIGHUP has the
/// settings file looked at.
/// </summary>
internal sealed class ProcessSignals : IDisposable
{
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _hurry = new();
    private readonly PosixSignalRegistration[] _registrations;
    private volatile Action? _reload;

    public ProcessSignals()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnReload),
        ];
    }

    /// <summary>Ends with the first signal to stop.</summary>
    public Task Stop => _stop.Task;

    /// <summary>Is cancelled by the second signal to stop.</summary>
    public CancellationToken Hurry => _hurry.Token;

    /// <summary>Says what SIGHUP does; before that it does nothing.</summary>
    public void OnReload(Action reload) => _reload = reload;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _hurry.Dispose();
    }

    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_stop.TrySetResult())
        {
            _hurry.Cancel();
        }
    }

    private void OnReload(PosixSignalContext context)
    {
        context.Cancel = true;
        _reload?.Invoke();
    }
}
