using System.Buffers;
using System.Text;
using Sluice.Fuzz;

namespace Sluice.Http.Tests;

/// <summary>Ways to give a head its bytes.</summary>
internal static class HeadParsing
{
    public static RequestHead Request(string text) => Complete(new RequestHead(HttpLimits.Default), text);

    public static ResponseHead Response(string text) => Complete(new ResponseHead(HttpLimits.Default), text);

    public static string Latin1(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>Parses a message as one segment.</summary>
    public static ParseStatus ParseWhole(this MessageHead head, byte[] message) =>
        head.Parse(new ReadOnlySequence<byte>(message));

    /// <summary>
    /// Checks that a head is the same whole, byte by byte, cut at every position and in segments of one byte, and that
    /// it is unfinished before its last byte.
    /// </summary>
    /// <param name="head">Empty, and empty again afterwards.</param>
    /// <param name="bytes">The head and nothing else.</param>
    /// <param name="describe">The parsed parts.</param>
    public static void AssertSameHoweverCut<THead>(THead head, byte[] bytes, Func<THead, string> describe)
        where THead : MessageHead
    {
        var expected = Describe(head, head.ParseWhole(bytes), describe);
        Assert.StartsWith("Complete", expected, StringComparison.Ordinal);

        var segments = Cuts.Segmented(bytes, 0, bytes.Length, Cuts.Bytewise(bytes.Length));
        Assert.Equal(expected, Describe(head, head.Parse(segments), describe));

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(ParseStatus.NeedMoreData, head.Parse(new ReadOnlySequence<byte>(bytes, 0, length)));
            Assert.Equal(0, head.Length);
        }

        Assert.Equal(expected, Describe(head, head.ParseWhole(bytes), describe));
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            Assert.Equal(ParseStatus.NeedMoreData, head.Parse(new ReadOnlySequence<byte>(bytes, 0, cut)));
            Assert.Equal(expected, Describe(head, head.ParseWhole(bytes), describe));
        }
    }

    /// <summary>All fields as <c>name=value</c> lines.</summary>
    public static string DescribeFields(HeaderTable headers)
    {
        var text = new StringBuilder();
        for (var i = 0; i < headers.Count; i++)
        {
            text.Append(Latin1(headers.Name(headers[i]))).Append('=').Append(Latin1(headers.Value(headers[i])))
                .Append('\n');
        }

        return text.ToString();
    }

    private static string Describe<THead>(THead head, ParseStatus status, Func<THead, string> describe)
        where THead : MessageHead
    {
        var text = $"{status} {head.Error} {head.Length} {head.Version} {describe(head)}\n"
            + DescribeFields(head.Headers);
        Assert.Equal(head.Length, head.Bytes.Length);
        head.Reset();
        return text;
    }

    private static THead Complete<THead>(THead head, string text)
        where THead : MessageHead
    {
        Assert.Equal(ParseStatus.Complete, head.ParseWhole(Encoding.Latin1.GetBytes(text)));
        return head;
    }
}
