using System.Globalization;
using System.Net;
using Sluice.Perf.Sockets;

namespace Sluice.Perf.Comparison;

/// <summary>nginx, one worker a core, nothing buffered, upstream connections kept.</summary>
internal sealed class NginxContender(string program) : Contender
{
    public const string ContenderName = "nginx";

    public override string Name => ContenderName;

    public override string Version { get; } = Executables.FirstLine(program, "-v");

    public override LaunchPlan Prepare(string folder, IPEndPoint provider, int cores)
    {
        var port = LoopbackAddress.FreePort();
        var config = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(config, string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            worker_processes {{cores}};
            pid {{folder}}/nginx.pid;
            error_log stderr crit;

            events {
              worker_connections 20000;
            }

            http {
              access_log off;
              client_max_body_size 0;
              client_body_temp_path {{folder}}/client;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              tcp_nodelay on;
              keepalive_timeout 1h;
              keepalive_requests 1000000000;
              client_header_timeout 1h;
              client_body_timeout 1h;
              send_timeout 1h;

              upstream provider {
                server {{provider}};
                keepalive 512;
                keepalive_timeout 1h;
                keepalive_requests 1000000000;
              }

              server {
                listen 127.0.0.1:{{port}} backlog=4096;

                location / {
                  proxy_pass http://provider;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_buffering off;
                  proxy_request_buffering off;
                  proxy_read_timeout 1h;
                  proxy_send_timeout 1h;
                }
              }
            }

            """));
        return new LaunchPlan(program, ["-c", config, "-p", folder], port, new Dictionary<string, string>());
    }
}
