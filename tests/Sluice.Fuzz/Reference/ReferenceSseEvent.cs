namespace Sluice.Fuzz.Reference;

/// <summary>An event of a stream, its bytes as Latin-1 characters.</summary>
internal sealed record ReferenceSseEvent(string Type, string Data, string LastEventId, long Start, long End);
