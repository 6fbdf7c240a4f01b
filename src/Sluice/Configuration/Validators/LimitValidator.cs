namespace Sluice.Configuration.Validators;

/// <summary>What is accepted from clients.</summary>
internal sealed class LimitValidator : ISettingsValidator
{
    // A head with one long credential; below it no client can be served.
    private const int HeadBytesMin = 1024;

    // A head is kept in one buffer, for as long as its connection lives.
    private const int HeadBytesMax = 1024 * 1024;

    // A request line that is shorter cannot name a gateway and a provider.
    private const int LineBytesMin = 256;

    public void Validate(SluiceSettings settings, SettingsErrors errors)
    {
        var limits = settings.Limits;
        var path = SettingPath.Root.Member("limits");
        var isHeadValid = Bounds.Check(
            path.Member("request_head_bytes"), limits.RequestHeadBytes, HeadBytesMin, HeadBytesMax, errors);
        var isLineValid = Bounds.Check(
            path.Member("request_line_bytes"), limits.RequestLineBytes, LineBytesMin, HeadBytesMax, errors);
        if (isHeadValid && isLineValid && limits.RequestLineBytes > limits.RequestHeadBytes)
        {
            errors.Add(
                path.Member("request_line_bytes"),
                $"is {limits.RequestLineBytes}: it must not be more than request_head_bytes, "
                + $"{limits.RequestHeadBytes}");
        }

        Bounds.Check(path.Member("request_body_bytes"), limits.RequestBodyBytes, 0, long.MaxValue, errors);
        Bounds.CheckTimeout(path.Member("request_head_timeout_ms"), limits.RequestHeadTimeoutMs, errors);
        Bounds.CheckTimeout(path.Member("request_body_timeout_ms"), limits.RequestBodyTimeoutMs, errors);
        Bounds.CheckTimeout(path.Member("client_write_timeout_ms"), limits.ClientWriteTimeoutMs, errors);
        Bounds.CheckTimeout(path.Member("keep_alive_timeout_ms"), limits.KeepAliveTimeoutMs, errors);
        Bounds.Check(path.Member("drain_timeout_ms"), limits.DrainTimeoutMs, 0, Bounds.TimeoutMsMax, errors);
    }
}
