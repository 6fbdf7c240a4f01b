using System.CommandLine;
using Sluice.Configuration;

namespace Sluice.Server.Commands;

/// <summary>
/// <c>sluice env</c>: the variables that point a client at the gateway, ready for a shell to evaluate.
/// </summary>
internal sealed class EnvCommand : Command
{
    private const string DefaultRegion = "us-east-1";
    private const string DefaultLocation = "global";

    private readonly Option<string?> _config;

    private readonly Argument<string> _client = new("client") { Description = "What is to be pointed at the gateway." };

    private readonly Option<string> _shell = new("--shell")
    {
        Description = "The shell that reads the output.",
        DefaultValueFactory = _ => OperatingSystem.IsWindows() ? "powershell" : "bash",
    };

    private readonly Option<string?> _gateway = new("--gateway")
    {
        Description = "The gateway to use. Default: the first one.",
        HelpName = "ACCOUNT/ID",
    };

    private readonly Option<string?> _region = new("--region")
    {
        Description = "The region. Default for bedrock: AWS_REGION, AWS_DEFAULT_REGION or " + DefaultRegion
            + "; for vertex: CLOUD_ML_REGION or " + DefaultLocation + ".",
        HelpName = "REGION",
    };

    public EnvCommand(Option<string?> config)
        : base("env", "Print the variables that point a client at the gateway: eval \"$(sluice env claude)\".")
    {
        _config = config;
        _client.AcceptOnlyFromAmong("claude", "openai", "gemini", "bedrock", "vertex");
        _shell.AcceptOnlyFromAmong("bash", "powershell");
        Arguments.Add(_client);
        Options.Add(_shell);
        Options.Add(_gateway);
        Options.Add(_region);
        SetAction(Print);
    }

    private int Print(ParseResult parsed)
    {
        var loaded = new SettingsLoader(SettingsSources.FromProcess(parsed.GetValue(_config))).Load();
        if (!SettingsReport.TryPrint(loaded))
        {
            return ExitCode.Refused;
        }

        if (!TryFindBase(loaded.Settings!, parsed.GetValue(_gateway), out var baseUrl))
        {
            return ExitCode.Refused;
        }

        var isBash = parsed.GetValue(_shell) == "bash";
        foreach (var (name, value) in Variables(parsed.GetValue(_client)!, baseUrl, parsed.GetValue(_region)))
        {
            Console.WriteLine(isBash
                ? $"export {name}={QuoteForBash(value)}"
                : $"$env:{name} = {QuoteForPowerShell(value)}");
        }

        return ExitCode.Success;
    }

    private static bool TryFindBase(SluiceSettings settings, string? name, out string baseUrl)
    {
        baseUrl = "";
        var gateway = settings.Gateways.FirstOrDefault(
            gateway => name is null || name == $"{gateway.AccountId}/{gateway.Id}" || name == gateway.Id);
        if (gateway is null)
        {
            var known = settings.Gateways.Select(gateway => $"{gateway.AccountId}/{gateway.Id}");
            Console.Error.WriteLine($"sluice: there is no gateway {name}; there are: {string.Join(", ", known)}");
            return false;
        }

        var address = ListenAddress.Parse(settings.Listen[0]);
        if (address.Port == 0)
        {
            Console.Error.WriteLine(
                $"sluice: the port of {address} is known only once the gateway runs; it prints the address then");
            return false;
        }

        baseUrl = GatewayUrl.Of(address.ToLocalUrl(address.Port), gateway);
        return true;
    }

    // Credentials are not among them: the client's own ones pass through the gateway.
    private static (string Name, string Value)[] Variables(string client, string baseUrl, string? region) =>
        client switch
        {
            "claude" => [("ANTHROPIC_BASE_URL", $"{baseUrl}/anthropic")],
            "openai" => [("OPENAI_BASE_URL", $"{baseUrl}/openai")],
            "gemini" => [("GOOGLE_GEMINI_BASE_URL", $"{baseUrl}/google-ai-studio")],
            "bedrock" => Bedrock(baseUrl, region),
            _ => Vertex(baseUrl, region ?? Variable("CLOUD_ML_REGION") ?? DefaultLocation),
        };

    private static (string Name, string Value)[] Bedrock(string baseUrl, string? region)
    {
        region ??= Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION") ?? DefaultRegion;
        return
        [
            ("CLAUDE_CODE_USE_BEDROCK", "1"),
            ("AWS_REGION", region),
            ("ANTHROPIC_BEDROCK_BASE_URL", $"{baseUrl}/aws-bedrock/bedrock-runtime/{region}"),
        ];
    }

    // The client appends "/projects/..." and no version of its own.
    private static (string Name, string Value)[] Vertex(string baseUrl, string region) =>
    [
        ("CLAUDE_CODE_USE_VERTEX", "1"),
        ("CLOUD_ML_REGION", region),
        ("ANTHROPIC_VERTEX_BASE_URL", $"{baseUrl}/google-vertex-ai/v1"),
    ];

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // Addresses in brackets and names from the command line may hold what a shell would expand.
    private static string QuoteForBash(string value) =>
        value.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or ':' or '.' or '-' or '_')
            ? value
            : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string QuoteForPowerShell(string value) =>
        $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
