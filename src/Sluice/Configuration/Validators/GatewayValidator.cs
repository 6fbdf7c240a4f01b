using System.Text.RegularExpressions;

namespace Sluice.Configuration.Validators;

/// <summary>Gateways: names, ranges, and features that are not there yet.</summary>
internal sealed partial class GatewayValidator : ISettingsValidator
{
    // Of Cloudflare's API.
    private const int RetryAttemptsMax = 5;
    private const int RetryDelayMsMax = 60_000;
    private const int RecordsMin = 10_000;
    private const int RecordsMax = 10_000_000;

    private const string IsNotAvailable = "is not available in this version";
    private const string AreNotAvailable = "are not available in this version";

    private static readonly GatewaySettings Defaults = new();

    public void Validate(SluiceSettings settings, SettingsErrors errors)
    {
        var list = SettingPath.Root.Member("gateways");
        if (settings.Gateways.Count == 0)
        {
            errors.Add(list, "must have at least one gateway; leave it out for account local, gateway default");
        }

        var seen = new HashSet<(string Account, string Id)>();
        for (var index = 0; index < settings.Gateways.Count; index++)
        {
            var gateway = settings.Gateways[index];
            var path = list.Item(index);
            CheckNames(gateway, path, errors);
            CheckRanges(gateway, path, errors);
            CheckAvailability(gateway, path, errors);
            if (!seen.Add((gateway.AccountId, gateway.Id)))
            {
                errors.Add(path.Member("id"), $"there is a gateway {gateway.AccountId}/{gateway.Id} already");
            }
        }
    }

    private static void CheckNames(GatewaySettings gateway, SettingPath path, SettingsErrors errors)
    {
        if (!AccountId().IsMatch(gateway.AccountId))
        {
            errors.Add(path.Member("account_id"), $"\"{gateway.AccountId}\" must be 1 to 64 letters, digits, - and _");
        }

        if (gateway.Id.Length > 64 || !GatewayId().IsMatch(gateway.Id))
        {
            errors.Add(
                path.Member("id"),
                $"\"{gateway.Id}\" must be 1 to 64 of a-z, 0-9 and _, with single dashes between them");
        }
    }

    private static void CheckRanges(GatewaySettings gateway, SettingPath path, SettingsErrors errors)
    {
        Bounds.Check(path.Member("cache_ttl"), gateway.CacheTtl, 0, int.MaxValue, errors);
        Bounds.Check(path.Member("rate_limiting_interval"), gateway.RateLimitingInterval, 0, int.MaxValue, errors);
        Bounds.Check(path.Member("rate_limiting_limit"), gateway.RateLimitingLimit, 0, int.MaxValue, errors);
        Bounds.Check(path.Member("retry_max_attempts"), gateway.RetryMaxAttempts, 1, RetryAttemptsMax, errors);
        Bounds.Check(path.Member("retry_delay"), gateway.RetryDelay, 0, RetryDelayMsMax, errors);
        Bounds.Check(path.Member("log_management"), gateway.LogManagement, RecordsMin, RecordsMax, errors);
    }

    // A value that asks for more than this version does is refused: whoever writes it relies on it.
    private static void CheckAvailability(GatewaySettings gateway, SettingPath path, SettingsErrors errors)
    {
        if (gateway.Authentication)
        {
            errors.Add(
                path.Member("authentication"), $"true: gateway authentication {IsNotAvailable}; it must be false");
        }

        if (gateway.CacheTtl > 0)
        {
            errors.Add(path.Member("cache_ttl"), $"is {gateway.CacheTtl}: caching {IsNotAvailable}; it must be 0");
        }

        if (gateway.RateLimitingLimit > 0)
        {
            errors.Add(
                path.Member("rate_limiting_limit"),
                $"is {gateway.RateLimitingLimit}: rate limiting {IsNotAvailable}; it must be 0");
        }

        if (gateway.RetryMaxAttempts is > 1 and <= RetryAttemptsMax)
        {
            errors.Add(
                path.Member("retry_max_attempts"),
                $"is {gateway.RetryMaxAttempts}: retries by the gateway {AreNotAvailable}; it must be 1");
        }

        if (gateway.LogManagement is >= RecordsMin and <= RecordsMax && gateway.LogManagement != Defaults.LogManagement)
        {
            errors.Add(
                path.Member("log_management"),
                $"is {gateway.LogManagement}: stored logs {AreNotAvailable}; it must be {Defaults.LogManagement}");
        }

        if (gateway.LogManagementStrategy is LogManagementStrategy.StopInserting)
        {
            errors.Add(
                path.Member("log_management_strategy"),
                $"\"STOP_INSERTING\": stored logs {AreNotAvailable}; it must be \"DELETE_OLDEST\"");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex AccountId();

    [GeneratedRegex(@"^[a-z0-9_]+(?:-[a-z0-9_]+)*\z")]
    private static partial Regex GatewayId();
}
