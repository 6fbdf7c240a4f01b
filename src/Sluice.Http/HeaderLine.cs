namespace Sluice.Http;

/// <summary>One field line of a head, as offsets into the head's bytes.</summary>
/// <param name="LineStart">Offset of the first byte of the name.</param>
/// <param name="NameLength">Bytes of the name.</param>
/// <param name="ValueStart">Offset of the first byte of the value, the white space before it left out.</param>
/// <param name="ValueLength">Bytes of the value, the white space behind it left out.</param>
/// <param name="LineEnd">Offset of the first byte after the line's CRLF.</param>
/// <param name="Id">Which field it is.</param>
public readonly record struct HeaderLine(
    int LineStart, int NameLength, int ValueStart, int ValueLength, int LineEnd, KnownHeader Id);
