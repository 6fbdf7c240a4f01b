namespace Sluice.Configuration;

/// <summary>The certificate that <c>https</c> listeners show.</summary>
public sealed record TlsSettings
{
    /// <summary>
    /// A PEM file (the certificate first, then its chain) or a PKCS #12 file (<c>.pfx</c>, <c>.p12</c>).
    /// </summary>
    /// <value>Default empty, which is an error once the group is there.</value>
    public string Certificate { get; set; } = "";

    /// <summary>The PEM file of the private key.</summary>
    /// <value>Default null: the key is in the certificate's file.</value>
    public string? Key { get; set; }

    /// <summary>The password of the key or of the PKCS #12 file.</summary>
    /// <value>Default null: there is none.</value>
    public string? Password { get; set; }

    /// <summary>Names the files and leaves out the password.</summary>
    public override string ToString() => $"{Certificate} {Key}";
}
