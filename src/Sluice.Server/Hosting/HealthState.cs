namespace Sluice.Server.Hosting;

/// <summary>What health and readiness are answered from. Thread-safe.</summary>
internal sealed class HealthState
{
    private volatile bool _isListening;
    private volatile bool _isDraining;
    private volatile string? _settingsProblem;

    /// <summary>Whether clients can be served.</summary>
    public bool IsReady => _isListening && !_isDraining;

    /// <summary>In a word, where the process is between its start and its end.</summary>
    public string Phase => _isDraining ? "draining" : _isListening ? "ready" : "starting";

    /// <summary>What does not work as it should while traffic flows, in sentences.</summary>
    public IReadOnlyList<string> Degraded => _settingsProblem is { } problem ? [problem] : [];

    /// <summary>The listeners are open.</summary>
    public void OnListening() => _isListening = true;

    /// <summary>The process has been told to stop.</summary>
    public void OnDraining() => _isDraining = true;

    /// <summary>A changed settings file was refused, or, with null, is in force.</summary>
    public void OnSettings(string? problem) => _settingsProblem = problem;
}
