namespace Sluice.Http;

/// <summary>What a parser made of the bytes it was given.</summary>
public enum ParseStatus
{
    /// <summary>The bytes are a correct beginning; the message is not whole yet. Nothing is consumed.</summary>
    NeedMoreData,

    /// <summary>The message part is whole and correct.</summary>
    Complete,

    /// <summary>
    /// The bytes can never become a correct message. The connection they came on is not usable any more.
    /// </summary>
    Invalid,
}
