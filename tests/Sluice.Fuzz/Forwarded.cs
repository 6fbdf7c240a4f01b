using System.Text;
using Sluice.Http;

namespace Sluice.Fuzz;

/// <summary>What became of a message that was sent through the parser, the framing, a head writer and a body
/// transfer.</summary>
/// <param name="Status">How far it came: a whole message, a beginning of one, or no message.</param>
/// <param name="Error">Why it is no message.</param>
/// <param name="Framing">The framing of its body; none while the head is not whole.</param>
/// <param name="HeadLength">Bytes of the head that arrived; 0 while it is not whole.</param>
/// <param name="Consumed">Bytes of the input that belong to the message.</param>
/// <param name="Written">What left.</param>
/// <param name="Body">What the sink saw of the body.</param>
/// <param name="Head">The parts of the head, for comparison.</param>
internal sealed record Forwarded(
    ParseStatus Status,
    ParseError Error,
    BodyFraming Framing,
    int HeadLength,
    int Consumed,
    byte[] Written,
    byte[] Body,
    string Head)
{
    /// <summary>The outcome as the conformance corpus writes it.</summary>
    public string Describe(byte[] input)
    {
        if (Status != ParseStatus.Complete)
        {
            return Status == ParseStatus.Invalid ? $"Invalid {Error}" : "NeedMoreData";
        }

        var text = new StringBuilder("Complete ").Append(Framing.Kind);
        if (Body.Length > 0)
        {
            text.Append(" body \"").Append(Escaped.Write(Body)).Append('"');
        }

        if (Consumed < input.Length)
        {
            text.Append(" rest \"").Append(Escaped.Write(input.AsSpan(Consumed))).Append('"');
        }

        return text.ToString();
    }

    /// <summary>Whether two runs on the same input, cut differently, came to the same end.</summary>
    public bool Agrees(Forwarded other)
    {
        if (Status != other.Status)
        {
            return false;
        }

        // Which limit or which fault inside an overlong line is met first may depend on how much came at once.
        if (Status == ParseStatus.Invalid && Written.Length == 0 && other.Written.Length == 0)
        {
            return Error == other.Error || IsLimit(Error) || IsLimit(other.Error);
        }

        return Error == other.Error
            && Framing == other.Framing
            && HeadLength == other.HeadLength
            && Head == other.Head
            && Body.AsSpan().SequenceEqual(other.Body)
            && (Consumed == other.Consumed || Status != ParseStatus.Complete);
    }

    private static bool IsLimit(ParseError error) =>
        error is ParseError.HeadTooLarge or ParseError.RequestLineTooLong or ParseError.InvalidStatusLine;
}
