using System.Text;
using Sluice.Proxy.Model;

namespace Sluice.Proxy.Exchange;

/// <summary>
/// What is known of one exchange when it is over: who asked whom for what, five time stamps, byte counts, how it ended,
/// and the captured response. The data path fills it, one consumer reads it afterwards; pooled, not thread-safe.
/// </summary>
internal sealed class ExchangeRecord
{
    // Longer paths are cut in the record; they pass whole.
    private const int PathBytesMax = 512;

    private readonly byte[] _path = new byte[PathBytesMax];
    private int _pathLength;

    /// <summary>When the head was whole, as wall clock time.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>The method.</summary>
    public string Method { get; set; } = "";

    /// <summary>Where the client asked for; null where no gateway was found.</summary>
    public GatewayModel? Gateway { get; set; }

    /// <summary>Which provider it went to; null where none was found.</summary>
    public ProviderModel? Provider { get; set; }

    /// <summary>The status that the client got; 0 where it got none.</summary>
    public int Status { get; set; }

    /// <summary>Why the gateway answered by itself.</summary>
    public RejectionReason Rejection { get; set; }

    /// <summary>How it ended.</summary>
    public ExchangeOutcome Outcome { get; set; }

    /// <summary>Attempts at upstreams.</summary>
    public int Attempts { get; set; }

    /// <summary>Whether the (last) upstream connection had served an exchange before.</summary>
    public bool ReusedConnection { get; set; }

    /// <summary>Bytes of the request's body.</summary>
    public long RequestBytes { get; set; }

    /// <summary>Bytes of the response's body that were handed to the client.</summary>
    public long ResponseBytes { get; set; }

    /// <summary>Timestamp: the request's head was whole.</summary>
    public long Accepted { get; set; }

    /// <summary>Timestamp: the request's last byte was read; 0 for never.</summary>
    public long RequestComplete { get; set; }

    /// <summary>Timestamp: the request's last byte was handed to the upstream connection; 0 for never.</summary>
    public long UpstreamSent { get; set; }

    /// <summary>Timestamp: the response's head was whole; 0 for never.</summary>
    public long UpstreamFirstByte { get; set; }

    /// <summary>Timestamp: the exchange was over.</summary>
    public long Ended { get; set; }

    /// <summary>The response's body, where it is a stream of events that is looked into afterwards.</summary>
    public CaptureBuffer Response { get; } = new();

    /// <summary>The path as the client sent it, without the query, which may hold keys; long ones are cut.</summary>
    public string Path => Encoding.UTF8.GetString(_path, 0, _pathLength);

    /// <summary>Keeps the path of a request target.</summary>
    public void SetPath(ReadOnlySpan<byte> target)
    {
        var query = target.IndexOf((byte)'?');
        var path = query < 0 ? target : target[..query];
        path = path[..Math.Min(path.Length, PathBytesMax)];
        path.CopyTo(_path);
        _pathLength = path.Length;
    }

    /// <summary>Makes the instance ready for another exchange.</summary>
    public void Reset()
    {
        _pathLength = 0;
        StartedAt = default;
        Method = "";
        Gateway = null;
        Provider = null;
        Status = 0;
        Rejection = RejectionReason.None;
        Outcome = ExchangeOutcome.Complete;
        Attempts = 0;
        ReusedConnection = false;
        RequestBytes = ResponseBytes = 0;
        Accepted = RequestComplete = UpstreamSent = UpstreamFirstByte = Ended = 0;
        Response.Reset();
    }
}
