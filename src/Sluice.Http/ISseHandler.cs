namespace Sluice.Http;

/// <summary>Receives the events of an event stream from a <see cref="SseParser"/>.</summary>
public interface ISseHandler
{
    /// <summary>Called once for every dispatched event, in stream order, from inside the push that completed
    /// it.</summary>
    /// <param name="e">The event; its spans are valid only until this method returns.</param>
    /// <remarks>It must not call the parser that calls it. An exception leaves the parser usable only after
    /// <see cref="SseParser.Reset"/>.</remarks>
    void OnEvent(in SseEvent e);
}
