import type { FlagGroup, FlagKind, FlagSpec, FlagStatus, RuntimeVersion } from './flag-spec.ts';

type Defaults = Readonly<Partial<Record<RuntimeVersion, string>>>;
type Extra = Partial<Pick<FlagSpec, 'short' | 'shortOnlyIn' | 'choices' | 'status' | 'own'>>;

const works: FlagStatus = { kind: 'works' };
const both = (value = ''): Defaults => ({ '1': value, '2': value });
const v1 = (value = ''): Defaults => ({ '1': value });
const v2 = (value = ''): Defaults => ({ '2': value });
const each = (first: string, second: string): Defaults => ({ '1': first, '2': second });
const refused = (why: string): Extra => ({ status: { kind: 'refused', why } });
const satisfied = (why: string): Extra => ({ status: { kind: 'satisfied', why } });
const own: Extra = { own: true };

const noTranscoding = refused('transcoding between JSON and gRPC is not in this version');
const noJwt = refused('verification of JWTs is not in this version');
const noTracing = refused('tracing is not in this version');
const noNginx = refused('there is no nginx here to configure');
const noMetadata = refused('the metadata server is only asked for tokens in this version');
const noGrpcHealth = refused('gRPC health checking of the backend is not in this version');
const noTrace = satisfied('nothing is traced in this version');

/** Every flag of ESP v1 (`start_esp`), ESPv2 (`start_proxy`) and our own, in the order of the reference page. */
export const flagTable: readonly FlagSpec[] = [
  ...group('service', [
    flag('runtime_version', 'choice', both('1'), 'Which ESP to be: 1 (endpoints-runtime:1) or 2 (endpoints-runtime:2).', { choices: ['1', '2'], own: true }),
    flag('service', 'string', both(), 'Name of the Endpoints service.', { short: 's' }),
    flag('version', 'string', both(), 'Service config id; with the fixed strategy. ESP v1 without it takes the newest rollout.', { short: 'v' }),
    flag('rollout_strategy', 'choice', both('fixed'), 'fixed: serve one config. managed: follow the rollouts of the service.', { short: 'R', choices: ['fixed', 'managed'] }),
    flag('service_json_path', 'string', both(), 'Serve the service config of this JSON file; nothing is fetched.'),
    flag('service_config_url', 'string', v1(), 'Fetch the service config from this URL instead of Service Management.', { short: 'c', ...refused('fetching a config from a bare URL is not in this version; use --service_json_path') }),
    flag('management', 'string', both('https://servicemanagement.googleapis.com'), 'Base URL of Service Management.', { short: 'g' }),
    flag('service_control_url_override', 'string', v1(), 'Base URL of Service Control instead of the one the config names.'),
    flag('service_control_url', 'string', v2('https://servicecontrol.googleapis.com'), 'Base URL of Service Control.'),
    flag('check_metadata', 'switch', both(), 'Read service name and version from the metadata server.', noMetadata),
    flag('http_request_timeout_s', 'int', v2('30'), 'Seconds for each call to Service Management and the token endpoint.'),
    flag('rollout_fetch_throttle_window_in_s', 'int', v1('300'), 'A new rollout is fetched after a random part of this many seconds.'),
    flag('check_rollout_interval', 'duration', both('60s'), 'How often a managed proxy asks for the current rollout.', own),
    flag('experimental_enable_multiple_api_configs', 'switch', v1(), 'Several services separated by | in --service.', refused('one process serves one service')),
  ]),
  ...group('backend', [
    flag('backend', 'string', each('127.0.0.1:8081', 'http://127.0.0.1:8082'), 'Address of the API: HOST:PORT or a URL with http, https, grpc or grpcs; unix:/path for a socket.', { short: 'a' }),
    flag('enable_backend_routing', 'switch', both(), 'ESP v1: use the addresses of backend.rules. ESPv2 always does.'),
    flag('enable_backend_address_override', 'switch', v2(), 'Send everything to --backend, whatever backend.rules say.'),
    flag('experimental_proxy_backend_host_header', 'string', v1(), 'Host header sent to the backend.'),
    flag('backend_retry_ons', 'string', v2('reset,connect-failure,refused-stream'), "Conditions for a retry, comma separated, in Envoy's words."),
    flag('backend_retry_on_status_codes', 'string', v2(), 'Statuses for a retry, comma separated without blanks.'),
    flag('backend_retry_num', 'int', v2('1'), 'Retries at most; 0 turns them off.'),
    flag('backend_per_try_timeout', 'duration', v2('0s'), 'Time for one try; 0: the deadline of the route.'),
    flag('backend_cluster_maximum_requests', 'int', v2('1024'), 'Requests in flight to one backend; more are answered 503 overflow.', own),
    flag('cluster_connect_timeout', 'duration', both('20s'), 'Time to connect to a backend.', own),
    flag('stream_idle_timeout', 'duration', both('5m'), 'Time without a byte in either direction, where the config gives no deadline.', own),
    flag('dns_resolver_addresses', 'string', v2(), 'DNS servers, IP[:port] separated by ;.'),
    flag('dns', 'string', each('', ''), 'DNS server, IP[:port]; for ESPv2 the old name of --dns_resolver_addresses.'),
    flag('backend_dns_lookup_family', 'choice', v2('v4preferred'), 'Address families of backends.', { choices: ['auto', 'v4only', 'v6only', 'v4preferred', 'all'] }),
    flag('health_check_grpc_backend', 'switch', v2(), 'Probe the backend with the gRPC health protocol.', noGrpcHealth),
    flag('health_check_grpc_backend_service', 'string', v2(), 'Service name in the probe.', noGrpcHealth),
    flag('health_check_grpc_backend_interval', 'duration', v2('1s'), 'Time between probes.', noGrpcHealth),
    flag('health_check_grpc_backend_no_traffic_interval', 'duration', v2('60s'), 'Time between probes without traffic.', noGrpcHealth),
    flag('backend_protocol', 'choice', v2(), 'Old; the scheme of --backend decides.', { choices: ['http1', 'http2', 'grpc'], ...satisfied('ESPv2 ignores it too: the scheme of --backend decides') }),
  ]),
  ...group('listener', [
    flag('listener_port', 'int', v2('8080'), 'Port for clients; HTTP/1.1 and HTTP/2 by first bytes.'),
    flag('http_port', 'int', each('8080', ''), 'Port for HTTP/1.1 and HTTP/2 without TLS.', { short: 'p', shortOnlyIn: '1' }),
    flag('http2_port', 'int', both(), 'Port for HTTP/2 without TLS.', { short: 'P', shortOnlyIn: '1' }),
    flag('ssl_port', 'int', both(), 'Port for TLS; certificate and key from --ssl_server_cert_path or /etc/nginx/ssl.', { short: 'S', shortOnlyIn: '1' }),
    flag('listener_address', 'string', both('0.0.0.0'), 'Address or unix:/path to listen on.', own),
    flag('status_port', 'int', each('8090', '0'), 'Port of the admin server; 0: none.', { short: 'N' }),
    flag('admin_port', 'int', v2('0'), 'Other name of --status_port.'),
    flag('admin_address', 'string', both('127.0.0.1'), 'Address of the admin server. ESP listens on every address; here loopback unless told otherwise.', own),
    flag('healthz', 'string', both(), 'Path answered with 200 on the serving port.', { short: 'z' }),
    flag('underscores_in_headers', 'switch', both(), 'Let header names with _ pass. Without it ESPv2 refuses the request and ESP v1 drops the header.'),
    flag('allow_invalid_headers', 'switch', v1(), 'Let invalid header names pass.', refused('a header that RFC 9110 does not allow can smuggle a request')),
    flag('disable_normalize_path', 'switch', v2(), 'Do not resolve dot segments and needless escapes before routing.'),
    flag('disable_merge_slashes_in_path', 'switch', v2(), 'Do not merge // before routing.'),
    flag('disallow_escaped_slashes_in_path', 'switch', v2(), 'Redirect a path with %2F or %5C to its unescaped form.'),
    flag('disallow_colon_in_wildcard_path_segment', 'switch', v2(), 'A wildcard of a template matches no segment with a colon.'),
    flag('envoy_use_remote_address', 'switch', v2(), "The client address is the connection's, and X-Forwarded-For is appended."),
    flag('envoy_xff_num_trusted_hops', 'int', v2('2'), 'How many X-Forwarded-For entries from the right are trusted.'),
    flag('client_ip_from_forwarded_header', 'switch', v2(), 'Take the client address from Forwarded.', own),
    flag('client_ip_header', 'string', v1(), 'Header that holds the client address.'),
    flag('client_ip_position', 'int', v1('0'), 'Which comma-separated part of it, from 0; negative counts from the end.'),
    flag('xff_trusted_proxy_list', 'string', v1('0.0.0.0/0, 0::/0'), 'Networks whose X-Forwarded-For is believed.', { short: 'x' }),
    flag('envoy_connection_buffer_limit_bytes', 'int', v2('-1'), 'Bytes kept for a retry of a request; -1: 1 MiB.'),
    flag('enable_response_compression', 'switch', v2(), 'Compress responses with gzip or brotli.'),
    flag('client_max_body_size', 'string', v1('32m'), 'Largest request body, with k, m or g; 0: no limit.'),
    flag('client_body_buffer_size', 'string', v1('128k'), 'Request buffer.', satisfied('bodies are streamed, never collected')),
    flag('large_client_header_buffers', 'string', v1(), 'NUMBER SIZE: their product bounds the request head.'),
    flag('keepalive_timeout', 'string', v1('75s'), 'Time an idle client connection is kept.'),
    flag('client_body_timeout', 'string', v1('60s'), 'Time between two reads of a request body.'),
    flag('rewrite', 'list', v1(), 'PATTERN REPLACEMENT: change the path before routing; RE2 syntax, $1 for groups.'),
    flag('enable_websocket', 'switch', v1(), 'Let WebSocket upgrades pass. ESPv2 always does.'),
    flag('max_connections', 'int', both('16384'), 'Client connections one worker takes at once.', own),
    flag('max_concurrent_streams', 'int', both('100'), 'HTTP/2 streams of one connection.', own),
    flag('request_header_timeout', 'duration', both('60s'), 'Time for a request head to arrive.', own),
    flag('connection_idle_timeout', 'duration', v2('1h'), 'Time an idle client connection is kept.', own),
  ]),
  ...group('tls', [
    flag('ssl_server_cert_path', 'string', v2(), 'Folder with server.crt and server.key; the listener speaks TLS.'),
    flag('ssl_server_root_cert_path', 'string', v2(), 'File of CAs; clients must show a certificate of theirs.'),
    flag('ssl_server_cipher_suites', 'string', v2(), 'Cipher suites for clients, comma separated, OpenSSL names.'),
    flag('ssl_minimum_protocol', 'choice', v2('TLSv1.2'), 'Oldest TLS for clients.', { choices: ['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] }),
    flag('ssl_maximum_protocol', 'choice', v2('TLSv1.3'), 'Newest TLS for clients.', { choices: ['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] }),
    flag('ssl_protocols', 'list', both(), 'TLS versions for clients; the oldest and the newest named count.'),
    flag('ssl_backend_client_cert_path', 'string', v2(), 'Folder with client.crt and client.key, shown to backends.'),
    flag('ssl_backend_client_root_certs_file', 'string', v2('/etc/ssl/certs/ca-certificates.crt'), 'File of CAs that backends are verified against.'),
    flag('ssl_backend_client_cipher_suites', 'string', v2(), 'Cipher suites for backends, comma separated.'),
    flag('ssl_client_cert_path', 'string', v2(), 'Old name of --ssl_backend_client_cert_path.'),
    flag('ssl_client_root_certs_file', 'string', v2(), 'Old name of --ssl_backend_client_root_certs_file.'),
    flag('tls_mutual_auth', 'switch', both(), 'Show /etc/nginx/ssl/backend.crt to backends.', { short: 't' }),
    flag('enable_grpc_backend_ssl', 'switch', both(), 'Verify gRPC backends against --grpc_backend_ssl_root_certs_file. ESP v1 also speaks TLS to a grpc:// backend with it.'),
    flag('grpc_backend_ssl_root_certs_file', 'string', both('/etc/nginx/trusted-ca-certificates.crt'), 'File of CAs for it.'),
    flag('grpc_backend_ssl_private_key_file', 'string', v1(), 'Client key for gRPC backends.'),
    flag('grpc_backend_ssl_cert_chain_file', 'string', v1(), 'Client certificate for gRPC backends.'),
    flag('disable_backend_hostname_verification', 'switch', both(), 'Accept a backend certificate for another name, as ESPv2 does. Here names are verified unless this is given.', own),
    flag('enable_strict_transport_security', 'switch', both(), 'Add Strict-Transport-Security: max-age=31536000; includeSubdomains.'),
    flag('generate_self_signed_cert', 'switch', both(), 'Make a certificate for localhost at start and serve with it.'),
  ]),
  ...group('cors', [
    flag('cors_preset', 'choice', both(), 'Answer CORS preflights here.', { choices: ['basic', 'cors_with_regex'] }),
    flag('cors_allow_origin', 'string', both('*'), 'Access-Control-Allow-Origin of the basic preset.'),
    flag('cors_allow_origin_regex', 'string', both(), 'Pattern for allowed origins of cors_with_regex, RE2 syntax.'),
    flag('cors_allow_methods', 'string', both('GET, POST, PUT, PATCH, DELETE, OPTIONS'), 'Access-Control-Allow-Methods.'),
    flag('cors_allow_headers', 'string', each('DNT,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization', 'DNT,User-Agent,X-User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization'), 'Access-Control-Allow-Headers.'),
    flag('cors_expose_headers', 'string', both('Content-Length,Content-Range'), 'Access-Control-Expose-Headers.'),
    flag('cors_allow_credentials', 'switch', both(), 'Access-Control-Allow-Credentials: true.'),
    flag('cors_max_age', 'duration', v2('480h'), 'Access-Control-Max-Age.'),
  ]),
  ...group('headers', [
    flag('add_request_header', 'list', v2(), 'KEY=VALUE set on requests to the backend; values may hold %VARIABLES%.'),
    flag('append_request_header', 'list', v2(), 'KEY=VALUE added to requests to the backend.'),
    flag('add_response_header', 'list', v2(), 'KEY=VALUE set on responses.'),
    flag('append_response_header', 'list', v2(), 'KEY=VALUE added to responses.'),
    flag('enable_operation_name_header', 'switch', v2(), 'Tell the backend the operation in X-Endpoint-Api-Operation-Name.'),
    flag('generated_header_prefix', 'string', v2('X-Endpoint-'), 'Prefix of the headers that tell the backend who called.', own),
    flag('suppress_envoy_headers', 'choice', v2('true'), 'false: send the x-envoy-… headers of the router.', { choices: ['true', 'false'], own: true }),
  ]),
  ...group('jwt', [
    flag('disable_jwks_async_fetch', 'switch', v2(), 'Fetch keys on first use.', noJwt),
    flag('jwks_async_fetch_fast_listener', 'switch', v2(), 'Listen before keys are fetched.', noJwt),
    flag('jwt_cache_size', 'int', v2('1000'), 'Verified tokens kept for each provider.', noJwt),
    flag('jwks_cache_duration_in_s', 'int', both('300'), 'Seconds that keys are kept.', noJwt),
    flag('jwks_fetch_num_retries', 'int', v2('0'), 'Retries of a key fetch.', noJwt),
    flag('jwks_fetch_retry_back_off_base_interval_ms', 'int', v2('200'), 'First back-off.', noJwt),
    flag('jwks_fetch_retry_back_off_max_interval_ms', 'int', v2('32000'), 'Longest back-off.', noJwt),
    flag('jwt_pad_forward_payload_header', 'switch', v2(), 'Pad the forwarded payload.', noJwt),
    flag('disable_jwt_audience_service_name_check', 'switch', v2(), 'No implicit audience.', noJwt),
    flag('enable_jwt_authorization_url_redirect', 'switch', v1(), 'Redirect to the authorization URL.', noJwt),
  ]),
  ...group('service control', [
    flag('service_control_network_fail_policy', 'choice', both('open'), 'open: let requests pass when Service Control cannot be reached. close: refuse them.', { choices: ['open', 'close'] }),
    flag('service_control_network_fail_open', 'switch', v1(), 'Old; the same as --service_control_network_fail_policy=open.'),
    flag('service_control_enable_api_key_uid_reporting', 'switch', v2('true'), 'Report keys by uid, not by value.'),
    flag('enable_api_key_uid_reporting', 'choice', v1('True'), 'Report keys by uid, not by value.', { choices: ['True', 'False', 'true', 'false'] }),
    flag('service_control_check_timeout_ms', 'int', v2('1000'), 'Milliseconds for a check.'),
    flag('service_control_quota_timeout_ms', 'int', v2('1000'), 'Milliseconds for an allocateQuota.'),
    flag('service_control_report_timeout_ms', 'int', v2('2000'), 'Milliseconds for a report.'),
    flag('service_control_check_retries', 'int', v2('3'), 'Retries of a check.'),
    flag('service_control_quota_retries', 'int', v2('1'), 'Retries of an allocateQuota.'),
    flag('service_control_report_retries', 'int', v2('5'), 'Retries of a report.'),
    flag('log_request_headers', 'string', both(), 'Request headers written into endpoints_log, comma separated.'),
    flag('log_response_headers', 'string', both(), 'Response headers written into endpoints_log.'),
    flag('log_jwt_payloads', 'string', v2(), 'Claims written into endpoints_log.', noJwt),
    flag('log_jwt_payload', 'string', v1(), 'Claims written into endpoints_log.', noJwt),
  ]),
  ...group('tracing', [
    flag('disable_tracing', 'switch', v2(), 'Do not trace.', noTrace),
    flag('disable_cloud_trace_auto_sampling', 'switch', both(), 'Trace no request unasked.', noTrace),
    flag('cloud_trace_url_override', 'string', both(), 'Base URL of Cloud Trace.', noTracing),
    flag('tracing_project_id', 'string', v2(), 'Project that traces go to.', noTracing),
    flag('tracing_sample_rate', 'string', v2('0.001'), 'Part of requests traced.', noTracing),
    flag('tracing_incoming_context', 'string', v2('traceparent,x-cloud-trace-context'), 'Trace headers read.', noTracing),
    flag('tracing_outgoing_context', 'string', v2('traceparent,x-cloud-trace-context'), 'Trace headers written.', noTracing),
  ]),
  ...group('transcoding', [
    flag('transcoding_always_print_primitive_fields', 'switch', both(), 'Print default values.', noTranscoding),
    flag('transcoding_always_print_enums_as_ints', 'switch', v2(), 'Print enums as numbers.', noTranscoding),
    flag('transcoding_stream_newline_delimited', 'switch', v2(), 'Newline between streamed messages.', noTranscoding),
    flag('transcoding_case_insensitive_enum_parsing', 'switch', v2(), 'Read enums in any case.', noTranscoding),
    flag('transcoding_preserve_proto_field_names', 'switch', both(), 'Print snake_case names.', noTranscoding),
    flag('transcoding_ignore_query_parameters', 'string', v2(), 'Query parameters left alone.', noTranscoding),
    flag('transcoding_ignore_unknown_query_parameters', 'switch', v2(), 'Unknown query parameters left alone.', noTranscoding),
    flag('transcoding_query_parameters_disable_unescape_plus', 'switch', v2(), 'Keep + in values.', noTranscoding),
    flag('transcoding_match_unregistered_custom_verb', 'switch', v2(), 'Match custom verbs that no rule names.', noTranscoding),
  ]),
  ...group('platform', [
    flag('service_account_key', 'string', both(), "JSON key file of the service account; else the environment's GOOGLE_APPLICATION_CREDENTIALS.", { short: 'k', shortOnlyIn: '1' }),
    flag('non_gcp', 'switch', both(), "Do not ask Google Cloud's metadata server; needs a service account key."),
    flag('enable_application_default_credentials', 'switch', v2(), 'Use application default credentials.', noMetadata),
    flag('metadata', 'string', v1('http://169.254.169.254'), 'Base URL of the metadata server, asked for tokens where there is no key.', { short: 'm' }),
    flag('metadata_url', 'string', v2('http://169.254.169.254'), 'Base URL of the metadata server, asked for tokens where there is no key.', own),
    flag('compute_platform_override', 'string', both(), 'Platform name in reports.'),
    flag('on_serverless', 'switch', v2(), 'Cloud Run: no trusted hops, platform Cloud Run(ESPv2).'),
    flag('nginx_config', 'string', v1(), 'Own nginx config.', { short: 'n', ...noNginx }),
    flag('template', 'string', v1(), 'Template of the nginx config.', noNginx),
    flag('server_config_template', 'string', v1(), 'Template of the server config.', noNginx),
    flag('nginx', 'string', v1('/usr/sbin/nginx'), 'Path of nginx.', noNginx),
    flag('nginx_debug', 'string', v1('/usr/sbin/nginx-debug'), 'Path of nginx-debug.', noNginx),
    flag('pid_file', 'string', v1('/home/nginx/nginx.pid'), 'Where nginx writes its process id.', noNginx),
    flag('config_dir', 'string', v1('/etc/nginx/endpoints'), 'Folder of generated configs.', noNginx),
    flag('server_config_dir', 'string', v1('/etc/nginx'), 'Folder of the server config.', noNginx),
    flag('server_config_generation_path', 'string', v1(), 'File of the generated server config.', noNginx),
    flag('generate_config_file_only', 'switch', v1(), 'Generate and exit.', noNginx),
    flag('envoy_extra_config_yaml', 'string', v2(), "YAML merged into Envoy's bootstrap.", refused('there is no Envoy here to configure')),
    flag('ads_named_pipe', 'string', v2('@espv2-ads-cluster'), 'Socket between config manager and Envoy.', refused('there is no Envoy here to configure')),
  ]),
  ...group('process', [
    flag('worker_processes', 'string', each('1', '1'), 'Worker processes that share the port; auto: one for each core.'),
    flag('access_log', 'string', each('/dev/stdout', ''), 'File for the access log; /dev/stdout, /dev/stderr or off.'),
    flag('access_log_format', 'string', both(), 'Envoy format of an access log line, or json. Needs --access_log with ESPv2.'),
    flag('enable_debug', 'switch', both(), 'Log at level debug; ESPv2 also sends the x-envoy-… headers.'),
    flag('state_dir', 'string', both(), 'Folder that keeps the last good config, served when the control plane is away at start; by default gatehouse in the state folder of the user. off: none.', own),
    flag('drain_delay', 'duration', both('5s'), 'After SIGTERM, time that new requests are still taken while readiness is 503.', own),
    flag('drain_timeout', 'duration', both('30s'), 'After that, time for requests in flight.', own),
  ]),
];

function group(name: FlagGroup, flags: ReadonlyArray<Omit<FlagSpec, 'group'>>): FlagSpec[] {
  return flags.map((spec) => ({ ...spec, group: name }));
}

function flag(
  name: string,
  kind: FlagKind,
  defaults: Defaults,
  help: string,
  extra: Extra = {},
): Omit<FlagSpec, 'group'> {
  return { name, kind, defaults, help, status: works, ...extra };
}
