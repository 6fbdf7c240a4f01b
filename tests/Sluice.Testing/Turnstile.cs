using System.Threading.Channels;

namespace Sluice.Testing;

/// <summary>Lets one wait pass for each release, in whichever order they come. Thread-safe.</summary>
public sealed class Turnstile
{
    private readonly Channel<bool> _releases = Channel.CreateUnbounded<bool>();

    /// <summary>Releases that nobody has used yet.</summary>
    public int Unused => _releases.Reader.Count;

    /// <summary>Lets one wait pass.</summary>
    public void Release() => _releases.Writer.TryWrite(true);

    /// <summary>Waits for a release, but not for ever.</summary>
    /// <exception cref="TimeoutException">It took longer than <see cref="Hang.Limit"/>.</exception>
    public Task PassAsync() => _releases.Reader.ReadAsync().AsTask().OrHang();

    /// <summary>Waits for a number of releases, but not for ever.</summary>
    /// <exception cref="TimeoutException">One took longer than <see cref="Hang.Limit"/>.</exception>
    public async Task PassAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await PassAsync();
        }
    }
}
