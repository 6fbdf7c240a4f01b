using System.Buffers;

namespace Sluice.Http;

/// <summary>The character classes of RFC 9110, 5.6, for vectorised searches.</summary>
internal static class HttpCharacters
{
    /// <summary><c>tchar</c> of RFC 9110, 5.6.2.</summary>
    public static readonly SearchValues<byte> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    /// <summary>
    /// What no field value, reason phrase or chunk extension may have: all controls but HTAB, and DEL.
    /// </summary>
    public static readonly SearchValues<byte> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(code => code != '\t').Append(127).Select(code => (byte)code)]);

    /// <summary>
    /// What no request target may have: controls, space, DEL, and <c>#</c>, since a fragment is never sent and readers
    /// disagree on where the path ends when it is. Bytes above 127 pass: clients send raw UTF-8.
    /// </summary>
    public static readonly SearchValues<byte> NotInTarget = SearchValues.Create(
        [.. Enumerable.Range(0, 33).Append('#').Append(127).Select(code => (byte)code)]);

    /// <summary>The characters of a host and port (RFC 3986, 3.2.2): reg-name, IP literals, percent escapes.</summary>
    public static readonly SearchValues<byte> Host = SearchValues.Create(
        "-._~%!$&'()*+,;=:[]0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    public static bool IsDigit(byte b) => (uint)(b - '0') <= 9;
}
