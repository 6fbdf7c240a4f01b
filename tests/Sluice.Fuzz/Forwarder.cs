using System.Buffers;
using System.Text;
using Sluice.Http;

namespace Sluice.Fuzz;

/// <summary>
/// Sends a message through the product as the data path does: parse the head, decide the framing, write the new head,
/// pass the body on. The pieces arrive one after the other; the input of each step is one segment for each piece.
/// </summary>
internal static class Forwarder
{
    public const string Target = "/upstream?q=1";
    public const string Host = "upstream.example:8443";

    private static readonly byte[] TargetBytes = Encoding.ASCII.GetBytes(Target);
    private static readonly byte[] HostBytes = Encoding.ASCII.GetBytes(Host);

    /// <summary>Forwards a request.</summary>
    public static Forwarded Request(byte[] input, int[] cuts)
    {
        using var head = new RequestHead(HttpLimits.Default);
        var output = new ArrayBufferWriter<byte>();
        var framing = BodyFraming.None;
        var status = ParseHead(head, input, cuts, out var arrived);
        if (status == ParseStatus.Complete && MessageFraming.OfRequest(head, out framing) is var error and not 0)
        {
            return Refused(head, error);
        }

        if (status != ParseStatus.Complete)
        {
            return Unfinished(head, status);
        }

        RequestHeadWriter.Write(
            output, head, new RequestRewrite { Target = TargetBytes, Host = HostBytes, Framing = framing });
        return PassBody(head, Describe(head), framing, framing.Kind == BodyKind.Chunked, input, cuts, arrived, output);
    }

    /// <summary>Forwards a response to an HTTP/1.1 client; the input's end is the end of the connection.</summary>
    public static Forwarded Response(byte[] input, int[] cuts, bool toHead = false)
    {
        using var head = new ResponseHead(HttpLimits.Default);
        var output = new ArrayBufferWriter<byte>();
        var framing = BodyFraming.None;
        var status = ParseHead(head, input, cuts, out var arrived);
        if (status == ParseStatus.Complete
            && MessageFraming.OfResponse(head, toHead, out framing) is var error and not 0)
        {
            return Refused(head, error);
        }

        if (status != ParseStatus.Complete)
        {
            return Unfinished(head, status);
        }

        var chunked = framing.Kind is BodyKind.Chunked or BodyKind.UntilClose;
        ResponseHeadWriter.Write(output, head, new ResponseRewrite { Chunked = chunked });
        return PassBody(head, Describe(head), framing, chunked, input, cuts, arrived, output);
    }

    /// <summary>Sends a chunked body alone through a transfer to a chunked destination.</summary>
    public static Forwarded Chunked(byte[] input, int[] cuts) => PassBody(
        null, "", BodyFraming.Chunked, chunked: true, input, cuts, 0, new ArrayBufferWriter<byte>());

    private static ParseStatus ParseHead(MessageHead head, byte[] input, int[] cuts, out int arrived)
    {
        foreach (var cut in cuts)
        {
            var status = head.Parse(Cuts.Sequence(input, 0, cut, cuts));
            if (status != ParseStatus.NeedMoreData)
            {
                arrived = cut;
                return status;
            }

            FuzzFindingException.ThrowUnlessEqual(0, head.Length, "length of an unfinished head");
        }

        arrived = input.Length;
        return head.Parse(Cuts.Sequence(input, 0, input.Length, cuts));
    }

    private static Forwarded Refused(MessageHead head, ParseError error) =>
        new(ParseStatus.Invalid, error, BodyFraming.None, head.Length, head.Length, [], [], "");

    private static Forwarded Unfinished(MessageHead head, ParseStatus status)
    {
        FuzzFindingException.ThrowUnlessEqual(
            status == ParseStatus.Invalid, head.Error != ParseError.None, "error of an invalid head");
        return new(status, head.Error, BodyFraming.None, 0, 0, [], [], "");
    }

    private static Forwarded PassBody(
        MessageHead? head,
        string description,
        BodyFraming framing,
        bool chunked,
        byte[] input,
        int[] cuts,
        int arrived,
        ArrayBufferWriter<byte> output)
    {
        var transfer = new BodyTransfer();
        var sink = new RecordingSink();
        transfer.Start(framing, chunked);
        var headLength = head?.Length ?? 0;
        var position = headLength;
        var status = transfer.IsComplete ? TransferStatus.Complete : TransferStatus.NeedMoreData;
        foreach (var cut in cuts.Append(input.Length))
        {
            if (status != TransferStatus.NeedMoreData || cut < arrived)
            {
                continue;
            }

            var piece = Cuts.Sequence(input, position, cut, cuts);
            status = transfer.Transfer(piece, output, ref sink, out var consumed);
            position += (int)consumed;
            FuzzFindingException.ThrowUnless(
                status != TransferStatus.NeedMoreData || position == cut, "A transfer that needs more left some over.");
        }

        if (status == TransferStatus.NeedMoreData && transfer.TryEndAtClose(output))
        {
            status = TransferStatus.Complete;
        }

        FuzzFindingException.ThrowUnlessEqual(sink.Bytes.WrittenCount, transfer.BodyBytes, "body bytes");
        FuzzFindingException.ThrowUnlessEqual(status == TransferStatus.Complete, transfer.IsComplete, "IsComplete");
        var (parseStatus, error) = status switch
        {
            TransferStatus.Complete => (ParseStatus.Complete, ParseError.None),
            TransferStatus.NeedMoreData => (ParseStatus.NeedMoreData, ParseError.None),
            _ => (ParseStatus.Invalid, transfer.Error),
        };
        return new(
            parseStatus,
            error,
            framing,
            headLength,
            position,
            output.WrittenSpan.ToArray(),
            sink.Bytes.WrittenSpan.ToArray(),
            description);
    }

    private static string Describe(RequestHead head) =>
        $"{Latin1(head.Method)} {Latin1(head.Target)} {head.Version}\n{DescribeFields(head.Headers)}";

    private static string Describe(ResponseHead head) =>
        $"{head.Version} {head.Status} {Latin1(head.Reason)}\n{DescribeFields(head.Headers)}";

    private static string DescribeFields(HeaderTable headers)
    {
        var text = new StringBuilder();
        for (var i = 0; i < headers.Count; i++)
        {
            ref readonly var line = ref headers[i];
            text.Append(line.Id).Append('|').Append(Latin1(headers.Name(line)))
                .Append('|').Append(Latin1(headers.Value(line))).Append('\n');
        }

        return text.ToString();
    }

    private static string Latin1(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private readonly struct RecordingSink() : IBodySink
    {
        public ArrayBufferWriter<byte> Bytes { get; } = new();

        public void OnBody(ReadOnlySpan<byte> bytes) => Bytes.Write(bytes);
    }
}
