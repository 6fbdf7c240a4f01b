using System.Text.Json;
using System.Text.Unicode;

namespace Sluice.Configuration;

/// <summary>
/// Reads JSON, with comments and trailing commas, into a tree that remembers the line of every value. Goes on after a
/// field that is there twice; stops at text that is not JSON.
/// </summary>
internal ref struct SettingsParser
{
    // The schema has four levels.
    private const int DepthMax = 16;

    private readonly string _source;
    private readonly ReadOnlySpan<byte> _text;
    private readonly SettingsErrors _errors;
    private Utf8JsonReader _reader;
    private long _countedTo;
    private int _line;

    private SettingsParser(ReadOnlySpan<byte> text, string source, SettingsErrors errors)
    {
        _source = source;
        _text = text;
        _errors = errors;
        _line = 1;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions
        {
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
            MaxDepth = DepthMax,
        });
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">UTF-8, with or without a byte order mark.</param>
    /// <param name="source">The file's name for messages.</param>
    /// <param name="errors">Is told what is wrong.</param>
    /// <returns>The tree, or null where the text is not a JSON object.</returns>
    public static SettingsNode? Parse(ReadOnlySpan<byte> text, string source, SettingsErrors errors)
    {
        if (text.StartsWith("\uFEFF"u8))
        {
            text = text[3..];
        }

        if (!Utf8.IsValid(text))
        {
            errors.Add(source, 0, "", "is not UTF-8 text");
            return null;
        }

        var parser = new SettingsParser(text, source, errors);
        try
        {
            return parser.ParseRoot();
        }
        catch (JsonException exception)
        {
            var line = (int)(exception.LineNumber ?? 0) + 1;
            errors.Add(source, line, "", "is not JSON: " + WithoutPosition(exception.Message));
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to an escape such as \ud800 that is no character.
            errors.Add(source, parser.Line(), "", "is not JSON: an escape in this string stands for no character");
        }

        return null;
    }

    private SettingsNode? ParseRoot()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _errors.Add(_source, Line(), "", "must be a JSON object: { ... }");
            return null;
        }

        var root = ParseValue(SettingPath.Root);
        _reader.Read();
        return root;
    }

    private SettingsNode ParseValue(SettingPath path)
    {
        var line = Line();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ParseObject(path, new SettingsNode(JsonValueKind.Object, _source, line));
            case JsonTokenType.StartArray:
                var array = new SettingsNode(JsonValueKind.Array, _source, line);
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                {
                    array.Items.Add(ParseValue(path.Item(array.Items.Count)));
                }

                return array;
            case JsonTokenType.String:
                return new SettingsNode(JsonValueKind.String, _source, line) { Text = _reader.GetString()! };
            case JsonTokenType.Number:
                var digits = System.Text.Encoding.ASCII.GetString(_reader.ValueSpan);
                return new SettingsNode(JsonValueKind.Number, _source, line) { Text = digits };
            case JsonTokenType.True:
                return new SettingsNode(JsonValueKind.True, _source, line);
            case JsonTokenType.False:
                return new SettingsNode(JsonValueKind.False, _source, line);
            default:
                return new SettingsNode(JsonValueKind.Null, _source, line);
        }
    }

    private SettingsNode ParseObject(SettingPath path, SettingsNode node)
    {
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = _reader.GetString()!;
            var line = Line();
            var memberPath = path.Member(name);
            _reader.Read();
            var value = ParseValue(memberPath);
            if (node.Member(name) is { } first)
            {
                var reason = $"is there twice; the first one is in line {first.Line}";
                _errors.Add(_source, line, memberPath.ToString(), reason);
            }
            else
            {
                node.Members.Add(name, value);
            }
        }

        return node;
    }

    /// <summary>The line of the current token.</summary>
    private int Line()
    {
        var position = _reader.TokenStartIndex;
        _line += _text[(int)_countedTo..(int)position].Count((byte)'\n');
        _countedTo = position;
        return _line;
    }

    // The reader appends "LineNumber: 3 | BytePositionInLine: 5.", which is said in front of the message already.
    private static string WithoutPosition(string message)
    {
        var position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }
}
