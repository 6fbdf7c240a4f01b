using Sluice.Proxy.Exchange;

namespace Sluice.Proxy.Tests.Accounting;

public sealed class CaptureBufferTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4096, 1)]
    [InlineData(4097, 4097)]
    [InlineData(300_000, 1)]
    [InlineData(300_000, 777)]
    [InlineData(300_000, 300_000)]
    public void OnBody_AnyPieces_KeepsTheBytesInOrder(int length, int pieceLength)
    {
        var bytes = Pattern(length);
        var capture = Started(new CaptureBudget(long.MaxValue));

        for (var offset = 0; offset < length; offset += pieceLength)
        {
            capture.OnBody(bytes.AsSpan(offset, Math.Min(pieceLength, length - offset)));
        }

        Assert.Equal(bytes, Captured.BytesOf(capture));
        Assert.Equal(length, capture.Length);
        Assert.False(capture.IsTruncated);
        capture.Reset();
    }

    [Fact]
    public void OnBody_NotStarted_KeepsNothing()
    {
        var capture = new CaptureBuffer();

        capture.OnBody("abc"u8);
        capture.Mark(1);

        Assert.False(capture.IsActive);
        Assert.Equal(0, capture.Length);
        Assert.True(capture.Marks.IsEmpty);
        Assert.False(capture.IsTruncated);
    }

    [Fact]
    public void OnBody_ExactlyTheLimit_IsWhole()
    {
        var budget = new CaptureBudget(long.MaxValue);
        var capture = Started(budget);

        capture.OnBody(new byte[CaptureBuffer.BytesMax]);

        Assert.Equal(CaptureBuffer.BytesMax, capture.Length);
        Assert.False(capture.IsTruncated);
        capture.Reset();
        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public void OnBody_BeyondTheLimit_IsCutShortForGood()
    {
        // Less than one block beyond: the pool may give a last block that is larger than what is left.
        const int Most = CaptureBuffer.BytesMax + (64 * 1024) - 1;
        var capture = Started(new CaptureBudget(long.MaxValue));
        var bytes = Pattern(Most + 1);

        capture.OnBody(bytes);
        var length = capture.Length;
        capture.OnBody("a"u8);

        Assert.True(capture.IsTruncated);
        Assert.InRange(length, CaptureBuffer.BytesMax, Most);
        Assert.Equal(length, capture.Length);
        Assert.True(bytes.AsSpan(0, length).SequenceEqual(Captured.BytesOf(capture)));
        capture.Reset();
    }

    [Fact]
    public void OnBody_BudgetUsedUp_IsCutShortAndTakesNoMore()
    {
        var budget = new CaptureBudget(4096 + (64 * 1024));
        budget.TryTake(1000);
        var capture = Started(budget);

        capture.OnBody(Pattern(10_000));

        Assert.True(capture.IsTruncated);
        Assert.Equal(4096, capture.Length);
        Assert.Equal(Pattern(4096), Captured.BytesOf(capture));
        Assert.Equal(4096 + 1000, budget.Held);

        // Room in the budget comes too late: the bytes between would be missing.
        budget.Return(1000);
        capture.OnBody("a"u8);
        Assert.Equal(4096, capture.Length);
        capture.Reset();
    }

    [Fact]
    public void Reset_GivesTheBudgetBackAndBeginsAnew()
    {
        var budget = new CaptureBudget(4096);
        var capture = Started(budget);
        capture.OnBody(new byte[10_000]);
        capture.Mark(1);

        capture.Reset();

        Assert.Equal(0, budget.Held);
        Assert.False(capture.IsActive);
        Assert.False(capture.IsTruncated);
        Assert.Equal(0, capture.Length);
        Assert.True(capture.Marks.IsEmpty);
        Assert.True(capture.GetBlock(0).IsEmpty);
        capture.Start(budget);
        capture.OnBody("abc"u8);
        Assert.Equal("abc"u8, Captured.BytesOf(capture));
        capture.Reset();
    }

    [Fact]
    public void TimestampOf_Offsets_IsWhenTheirByteArrived()
    {
        var capture = Started(new CaptureBudget(long.MaxValue));
        capture.OnBody("abc"u8);
        capture.Mark(100);
        capture.OnBody("d"u8);
        capture.Mark(200);

        Assert.Equal([new CaptureMark(3, 100), new CaptureMark(4, 200)], capture.Marks);
        Assert.Equal(100, capture.TimestampOf(0));
        Assert.Equal(100, capture.TimestampOf(2));
        Assert.Equal(200, capture.TimestampOf(3));
        Assert.Equal(200, capture.TimestampOf(9));
        capture.Reset();
    }

    [Fact]
    public void TimestampOf_NoMarks_IsNever() => Assert.Equal(0, new CaptureBuffer().TimestampOf(0));

    [Fact]
    public void Mark_CutShort_AddsNone()
    {
        var capture = Started(new CaptureBudget(0));

        capture.OnBody("a"u8);
        capture.Mark(1);

        Assert.True(capture.Marks.IsEmpty);
        capture.Reset();
    }

    [Fact]
    public void Mark_TooMany_LetsTheLastOneStretch()
    {
        var capture = Started(new CaptureBudget(long.MaxValue));
        for (var mark = 1; mark <= 70_000; mark++)
        {
            capture.OnBody("a"u8);
            capture.Mark(mark);
        }

        Assert.Equal(65_536, capture.Marks.Length);
        Assert.Equal(65_536, capture.TimestampOf(69_999));
        capture.Reset();
    }

    private static CaptureBuffer Started(CaptureBudget budget)
    {
        var capture = new CaptureBuffer();
        capture.Start(budget);
        Assert.True(capture.IsActive);
        return capture;
    }

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)(index % 251))];
}
