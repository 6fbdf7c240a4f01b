using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Sluice.Http;
using Sluice.Proxy.Model;
using Sluice.Proxy.Providers;

namespace Sluice.Proxy.Routing;

/// <summary>
/// Finds the gateway, the provider and the upstream target that a request's target names. Fixed routes come first, then
/// <c>/v1/{account}/{gateway}/{provider}/...</c>, then <c>/{provider}/...</c> at the default gateway.
/// </summary>
/// <remarks>
/// Runs of slashes in the path count as one, since base URLs with a trailing slash lead to them. All else, escapes and
/// the query included, stays byte for byte: signatures cover it. Where a target is found nothing is allocated.
/// </remarks>
internal static class GatewayResolver
{
    private const int AskedForLengthMax = 100;
    private const int StackBytesMax = 256;

    private const string NotFoundHint =
        "The path names no provider. Point the client's base URL at http://<this host>/{provider}, such as /anthropic "
        + "or /openai/v1, or at http://<this host>/v1/{account}/{gateway}/{provider}.";

    private const string DotsHint = "The path has a segment '.' or '..'; send the path that it stands for.";

    private const string UnknownGatewayHint =
        "The settings have no gateway of this account and name. The short form /{provider}/... reaches the default "
        + "gateway.";

    private const string UnknownProviderHint =
        "There is no provider of this name. Providers that are not built in are declared under 'providers' in the "
        + "settings.";

    private const string UniversalHint =
        "The universal endpoint, /v1/{account}/{gateway} without a provider, is not supported. Send each request to "
        + "its provider's own path, /v1/{account}/{gateway}/{provider}/...";

    private const string CompatHint =
        "The compat endpoint, which translates between the formats of providers, is not supported. Send the request to "
        + "the provider's own path, /v1/{account}/{gateway}/{provider}/...";

    // A base URL without a provider puts these where an account belongs: "/v1/chat/completions" names no gateway.
    private static readonly FrozenSet<string> ProviderPaths = FrozenSet.Create(
        "audio", "batches", "chat", "complete", "completions", "embeddings", "files", "images", "messages", "models",
        "moderations", "realtime", "responses");

    /// <summary>Resolves a request target in origin form or absolute form.</summary>
    /// <param name="model">The settings.</param>
    /// <param name="head">The request.</param>
    /// <param name="result">What was found, or what is wrong.</param>
    /// <param name="target">
    /// Is reset, and given the address and the target where the status is <see cref="RouteStatus.Found"/>.
    /// </param>
    /// <returns>The status of the result.</returns>
    public static RouteStatus Resolve(
        EngineModel model, RequestHead head, out RouteResult result, UpstreamTarget target)
    {
        target.Reset();
        if (!RequestTarget.TryParse(head.Target, out var parsed))
        {
            result = NotFound();
        }
        else if (PathSegments.HasDots(parsed.Path))
        {
            target.Fail(DotsHint);
            result = new RouteResult(RouteStatus.InvalidPath, Hint: DotsHint);
        }
        else
        {
            var lookup = new Lookup(model, parsed.Query, head.Headers, target);
            result = parsed.Path.IndexOf("//"u8) < 0 ? lookup.Resolve(parsed.Path) : lookup.ResolveFolded(parsed.Path);
        }

        return result.Status;
    }

    private static RouteResult NotFound() => new(RouteStatus.NotFound, Hint: NotFoundHint);

    private static string Printable(ReadOnlySpan<byte> name)
    {
        Span<char> characters = stackalloc char[Math.Min(name.Length, AskedForLengthMax)];
        for (var i = 0; i < characters.Length; i++)
        {
            characters[i] = name[i] is >= (byte)' ' and <= (byte)'~' ? (char)name[i] : '?';
        }

        return new string(characters);
    }

    private readonly ref struct Lookup(
        EngineModel model, ReadOnlySpan<byte> query, HeaderTable headers, UpstreamTarget target)
    {
        private readonly ReadOnlySpan<byte> _query = query;

        public RouteResult ResolveFolded(ReadOnlySpan<byte> path)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(path.Length);
            var length = 0;
            foreach (var b in path)
            {
                if (b != '/' || length == 0 || buffer[length - 1] != '/')
                {
                    buffer[length++] = b;
                }
            }

            var result = Resolve(buffer.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(buffer);
            return result;
        }

        public RouteResult Resolve(ReadOnlySpan<byte> path)
        {
            if (model.FindRoute(path) is { } route)
            {
                return ResolveTarget(route.Gateway, route.Provider, path[Encoding.UTF8.GetByteCount(route.Path)..]);
            }

            var rest = path;
            var first = PathSegments.Take(ref rest);
            if (first.SequenceEqual("v1"u8))
            {
                return ResolveGateway(rest);
            }

            if (model.FindProvider(first) is { } provider)
            {
                return ResolveTarget(model.DefaultGateway, provider, rest);
            }

            return IsPseudoProvider(first) ? Unsupported(model.DefaultGateway, CompatHint) : NotFound();
        }

        // The path behind "/v1".
        private RouteResult ResolveGateway(ReadOnlySpan<byte> path)
        {
            var rest = path;
            var account = PathSegments.Take(ref rest);
            var id = PathSegments.Take(ref rest);
            if (id.IsEmpty)
            {
                return NotFound();
            }

            var key = path[1..^rest.Length];
            if (model.FindGateway(key) is not { } gateway)
            {
                return ProviderPaths.Contains(Printable(account))
                    ? NotFound()
                    : new RouteResult(RouteStatus.UnknownGateway, AskedFor: Printable(key), Hint: UnknownGatewayHint);
            }

            var slug = PathSegments.Take(ref rest);
            if (model.FindProvider(slug) is { } provider)
            {
                return ResolveTarget(gateway, provider, account, rest);
            }

            return slug.IsEmpty ? Unsupported(gateway, UniversalHint)
                : IsPseudoProvider(slug) ? Unsupported(gateway, CompatHint)
                : UnknownProvider(gateway, slug);
        }

        private RouteResult ResolveTarget(GatewayModel gateway, ProviderModel provider, ReadOnlySpan<byte> path)
        {
            var length = Encoding.UTF8.GetByteCount(gateway.AccountId);
            Span<byte> account = length <= StackBytesMax ? stackalloc byte[length] : new byte[length];
            Encoding.UTF8.GetBytes(gateway.AccountId, account);
            return ResolveTarget(gateway, provider, account, path);
        }

        private RouteResult ResolveTarget(
            GatewayModel gateway, ProviderModel provider, ReadOnlySpan<byte> account, ReadOnlySpan<byte> path)
        {
            var request = new ProviderRequest { Account = account, Path = path, Query = _query, Headers = headers };
            return provider.TryResolve(request, target)
                ? new RouteResult(RouteStatus.Found, gateway, provider)
                : new RouteResult(RouteStatus.InvalidPath, gateway, provider, Hint: target.Problem);
        }

        private RouteResult UnknownProvider(GatewayModel gateway, ReadOnlySpan<byte> slug)
        {
            var askedFor = Printable(slug);
            var lowerCase = askedFor.ToLowerInvariant();
            var hint = model.Providers.Any(provider => provider.Slug == lowerCase)
                ? $"Names of providers are in lower case: '{lowerCase}'."
                : UnknownProviderHint;
            return new RouteResult(RouteStatus.UnknownProvider, gateway, AskedFor: askedFor, Hint: hint);
        }

        private static bool IsPseudoProvider(ReadOnlySpan<byte> slug) =>
            slug.SequenceEqual("compat"u8) || slug.SequenceEqual("universal"u8);

        private static RouteResult Unsupported(GatewayModel gateway, string hint) =>
            new(RouteStatus.Unsupported, gateway, Hint: hint);
    }
}
