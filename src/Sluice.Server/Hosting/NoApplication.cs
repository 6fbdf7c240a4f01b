using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Server.Hosting;

/// <summary>
/// Stands where Kestrel wants an application for its own HTTP server, which no connection ever reaches here.
/// </summary>
internal sealed class NoApplication : IHttpApplication<object>
{
    public object CreateContext(IFeatureCollection contextFeatures) => throw new UnreachableException();

    public Task ProcessRequestAsync(object context) => throw new UnreachableException();

    public void DisposeContext(object context, Exception? exception) => throw new UnreachableException();
}
