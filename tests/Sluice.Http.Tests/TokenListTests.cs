using System.Text;

namespace Sluice.Http.Tests;

/// <summary>Comma-separated field values.</summary>
public sealed class TokenListTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a,b", "a|b")]
    [InlineData(" a ,\tb c\t", "a|b c")]
    [InlineData(",,a,, ,b,", "a|b")]
    [InlineData(" , \t", "")]
    [InlineData("\"a,b\"", "\"a|b\"")]
    public void TryTake_UntilTheEnd_GivesTheItems(string value, string expected)
    {
        var list = new TokenList(Encoding.ASCII.GetBytes(value));
        var items = new List<string>();
        while (list.TryTake(out var item))
        {
            items.Add(Encoding.ASCII.GetString(item));
        }

        Assert.Equal(expected, string.Join('|', items));
        Assert.False(list.TryTake(out _));
    }
}
