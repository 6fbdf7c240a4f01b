using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Sluice.Tests.Hosting;

/// <summary>An upstream that answers with its name and the target that it was asked for.</summary>
internal sealed class EchoUpstream : IAsyncDisposable
{
    private readonly WebApplication _application;

    private EchoUpstream(WebApplication application) => _application = application;

    public string Url => _application.Urls.Single();

    public static async Task<EchoUpstream> StartAsync(string name)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        application.Run(context => context.Response.WriteAsync($"{name} {context.Request.Path}{context.Request.QueryString}"));
        await application.StartAsync();
        return new EchoUpstream(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
