namespace Sluice.FunctionalTests;

/// <summary>How a peer leaves.</summary>
public enum Disconnect
{
    /// <summary>It ends its sending direction (FIN).</summary>
    Close,

    /// <summary>It ends the connection with a reset (RST).</summary>
    Reset,
}
