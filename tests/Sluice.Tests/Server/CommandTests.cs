namespace Sluice.Tests.Server;

/// <summary>The commands that print and end, as child processes.</summary>
[Collection(nameof(SluiceProcess))]
public sealed class CommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Help_OfTheWhole_ListsCommandsAndOptions()
    {
        var (code, output, _) = await RunAsync("--help");

        Assert.Equal(0, code);
        Assert.All(
            ["run", "check", "env", "version", "--config", "--listen", "--admin", "--data"],
            word => Assert.Contains(word, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Version_Command_PrintsOneLine()
    {
        var (code, output, _) = await RunAsync("version");

        Assert.Equal(0, code);
        Assert.Matches(@"^sluice \d+\.\d+\.\d+\S* \(\.NET 10\.\S+, \S+\)\n$", output);
    }

    [Fact]
    public async Task UnknownCommand_IsRefusedWithoutHelpText()
    {
        var (code, output, errors) = await RunAsync("chek");

        Assert.Equal(2, code);
        Assert.Contains("'chek'", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Usage:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ValidFile_SaysWhatWouldRun()
    {
        _folder.Write("sluice.json", """
            { "listen": ["http://127.0.0.1:1"], "gateways": [ { "id": "team", "collect_logs": false } ],
              "providers": { "my-llm": { "base_url": "http://127.0.0.1:9000" } },
              "routes": [ { "path": "/anything", "provider": "my-llm" } ] }
            """);

        var (code, output, errors) = await RunAsync("check");

        Assert.Equal(0, code);
        Assert.Empty(errors);
        Assert.Equal(
            """
            settings  sluice.json: valid
            listen    http://127.0.0.1:1
            admin     http://127.0.0.1:8788
            data      ./data
            gateway   /v1/local/team, logs off
            provider  my-llm: http://127.0.0.1:9000
            route     /anything -> my-llm, gateway team

            """,
            output);
        Assert.False(Directory.Exists(_folder["data"]));
    }

    [Fact]
    public async Task Check_InvalidFileAndVariable_PrintsEveryErrorOnALine()
    {
        _folder.Write("bad.json", "{\n  \"adnim\": \"x\",\n  \"gateways\": []\n}");

        var (code, output, errors) = await SluiceProcess.RunAsync(
            _folder.Path, ["check", "--config", "bad.json"], ("SLUICE_LIMITS__DRAIN_TIMEOUT_MS", "-1"));

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Equal(
            """
            bad.json:2: adnim: is not a setting; did you mean "admin"?
            bad.json:3: gateways: must have at least one gateway; leave it out for account local, gateway default
            SLUICE_LIMITS__DRAIN_TIMEOUT_MS: limits.drain_timeout_ms: is -1: it must be between 0 and 86400000

            """,
            errors);
    }

    [Fact]
    public async Task Check_MissingFile_IsRefused()
    {
        var (code, _, errors) = await RunAsync("check", "--config", "none.json");

        Assert.Equal(2, code);
        Assert.Equal("none.json: does not exist\n", errors);
    }

    [Theory]
    [InlineData("claude", "export ANTHROPIC_BASE_URL=http://127.0.0.1:8787/v1/local/default/anthropic\n")]
    [InlineData("openai", "export OPENAI_BASE_URL=http://127.0.0.1:8787/v1/local/default/openai\n")]
    [InlineData("gemini", "export GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:8787/v1/local/default/google-ai-studio\n")]
    [InlineData("bedrock", """
        export CLAUDE_CODE_USE_BEDROCK=1
        export AWS_REGION=us-east-1
        export ANTHROPIC_BEDROCK_BASE_URL=http://127.0.0.1:8787/v1/local/default/aws-bedrock/bedrock-runtime/us-east-1

        """)]
    [InlineData("vertex", """
        export CLAUDE_CODE_USE_VERTEX=1
        export CLOUD_ML_REGION=global
        export ANTHROPIC_VERTEX_BASE_URL=http://127.0.0.1:8787/v1/local/default/google-vertex-ai/v1

        """)]
    public async Task Env_Bash_PrintsExports(string client, string expected)
    {
        var (code, output, errors) = await RunAsync("env", client, "--shell", "bash");

        Assert.Equal(0, code);
        Assert.Empty(errors);
        Assert.Equal(expected, output);
    }

    [Fact]
    public async Task Env_PowerShellWithGatewayRegionAndListener_PrintsAssignments()
    {
        _folder.Write("sluice.json", """
            { "listen": ["http://*:9999"], "gateways": [ {}, { "account_id": "acme", "id": "team" } ] }
            """);

        var (code, output, _) = await RunAsync(
            "env", "bedrock", "--shell", "powershell", "--gateway", "acme/team", "--region", "eu-west-1");

        Assert.Equal(0, code);
        Assert.Equal(
            """
            $env:CLAUDE_CODE_USE_BEDROCK = '1'
            $env:AWS_REGION = 'eu-west-1'
            $env:ANTHROPIC_BEDROCK_BASE_URL = 'http://127.0.0.1:9999/v1/acme/team/aws-bedrock/bedrock-runtime/eu-west-1'

            """,
            output);
    }

    [Fact]
    public async Task Env_BashWithCharactersOfTheShell_QuotesThem()
    {
        var (_, output, _) = await RunAsync("env", "vertex", "--shell", "bash", "--region", "a'$(b)");

        Assert.Contains("export CLOUD_ML_REGION='a'\\''$(b)'\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Env_UnknownGatewayOrPort_IsRefused()
    {
        var unknown = await RunAsync("env", "claude", "--gateway", "x/y");
        var unbound = await SluiceProcess.RunAsync(_folder.Path, ["env", "claude"], ("SLUICE_LISTEN", "http://127.0.0.1:0"));

        Assert.Equal((2, "", "sluice: there is no gateway x/y; there are: local/default\n"), unknown);
        Assert.Equal(2, unbound.ExitCode);
        Assert.Contains("known only once the gateway runs", unbound.Errors, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        SluiceProcess.RunAsync(_folder.Path, arguments);
}
