using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Sluice.Bench;

if (args is ["--smoke"])
{
    return SmokeRun.Run();
}

// In this process: a generated project would have to be built beside the artifacts, wherever they are.
var config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).AsDefault());
BenchmarkSwitcher.FromAssembly(typeof(SmokeRun).Assembly).Run(args, config);
return 0;
