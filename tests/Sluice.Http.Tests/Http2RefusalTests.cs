using System.Buffers.Binary;

namespace Sluice.Http.Tests;

/// <summary>The frames that answer an HTTP/2 preface.</summary>
public sealed class Http2RefusalTests
{
    [Fact]
    public void Frames_AreAnEmptySettingsAndAGoAwayThatAsksForHttp11()
    {
        var frames = Http2Refusal.Frames;

        Assert.Equal(9 + 9 + 8, frames.Length);
        Assert.Equal([0, 0, 0, 4, 0, 0, 0, 0, 0], frames[..9].ToArray());
        Assert.Equal([0, 0, 8, 7, 0, 0, 0, 0, 0], frames[9..18].ToArray());
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32BigEndian(frames[18..]));
        Assert.Equal(0xDu, BinaryPrimitives.ReadUInt32BigEndian(frames[22..]));
    }
}
