using System.Reflection;

namespace Sluice.Server;

/// <summary>The version of this build.</summary>
internal static class ProductVersion
{
    /// <summary>As <c>0.1.0+commit</c>.</summary>
    public static string Full { get; } = typeof(ProductVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>As <c>0.1.0</c>.</summary>
    public static string Short { get; } = Full.Split('+')[0];
}
