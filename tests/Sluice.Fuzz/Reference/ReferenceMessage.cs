namespace Sluice.Fuzz.Reference;

/// <summary>A message as the reference reader sees it; text as Latin-1 characters.</summary>
/// <param name="Outcome">Whether the message is whole and correct; if not, the rest is what was read.</param>
/// <param name="FirstLine">Request line or status line.</param>
/// <param name="Fields">Header fields in order.</param>
/// <param name="Body">The content, its transfer coding undone.</param>
/// <param name="Chunks">The length of every chunk but the last; empty unless the body is chunked.</param>
/// <param name="Trailers">Trailer fields in order.</param>
/// <param name="HeadLength">Bytes of the head; 0 if it is not whole and correct.</param>
/// <param name="Length">Bytes of the message.</param>
internal sealed record ReferenceMessage(
    ReferenceOutcome Outcome,
    string FirstLine,
    IReadOnlyList<KeyValuePair<string, string>> Fields,
    byte[] Body,
    IReadOnlyList<int> Chunks,
    IReadOnlyList<KeyValuePair<string, string>> Trailers,
    int HeadLength,
    int Length)
{
    public IEnumerable<string> Values(string name) =>
        Fields.Where(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value);
}
