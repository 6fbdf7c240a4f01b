using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.Proxy.Model;

namespace Sluice.Testing;

/// <summary>What a <see cref="GatewayHost"/> does differently from the defaults.</summary>
public sealed class GatewayHostOptions
{
    /// <summary>Changes the listener before the engine is put on it, for TLS.</summary>
    public Action<ListenOptions>? ConfigureListener { get; init; }

    /// <summary>Adds endpoints to the application behind the engine.</summary>
    public Action<WebApplication>? ConfigureApp { get; init; }

    /// <summary>Whether what is none of the engine's goes on to Kestrel's own HTTP.</summary>
    public bool HandsOn { get; init; }

    /// <summary>Opens upstream connections; null for plain sockets.</summary>
    public IConnectionFactory? Connections { get; init; }

    /// <summary>How long a stop waits for exchanges.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal EngineLimits Limits { get; init; } = new();

    internal UpstreamOptions Upstream { get; init; } = new();
}
