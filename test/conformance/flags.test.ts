import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { FlagReader } from '../../src/app/flags/flag-reader.ts';
import type { FlagSpec, RuntimeVersion } from '../../src/app/flags/flag-spec.ts';
import { flagTable } from '../../src/app/flags/flag-table.ts';
import { parseFlags } from '../../src/app/flags/parse-flags.ts';
import type { ProxySettings } from '../../src/app/proxy/settings/proxy-settings.ts';
import { toProxySettings } from '../../src/app/proxy/settings/to-proxy-settings.ts';
import { ConfigError } from '../../src/core/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-flags-'));
const keyFile = join(folder, 'key.json');
writeFileSync(
  keyFile,
  JSON.stringify({
    type: 'service_account',
    client_email: 'proxy@example.com',
    private_key_id: 'id-1',
    private_key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }),
    token_uri: 'http://127.0.0.1:9/token',
  }),
);
after(() => rmSync(folder, { recursive: true, force: true }));

function settingsOf(argv: readonly string[], credentialsFile?: string): ProxySettings {
  return toProxySettings(new FlagReader(parseFlags(argv)), {
    endpoint: undefined,
    accessToken: undefined,
    credentialsFile,
    stateHome: '/state',
    noColor: true,
  });
}

/** A value that is not the default, where the kind of the flag does not say one. */
const samples: Readonly<Record<string, string>> = {
  access_log: '/tmp/access.log',
  access_log_format: '%PROTOCOL%',
  add_request_header: 'a=b',
  append_request_header: 'a=b',
  add_response_header: 'a=b',
  append_response_header: 'a=b',
  backend_retry_on_status_codes: '503',
  backend_retry_num: '3',
  backend_retry_ons: '5xx',
  client_body_timeout: '7s',
  client_max_body_size: '1m',
  dns: '127.0.0.1:53',
  dns_resolver_addresses: '127.0.0.1:53',
  iam_url: 'http://127.0.0.1:1',
  keepalive_timeout: '7s',
  large_client_header_buffers: '2 4k',
  management: 'http://127.0.0.1:1',
  metadata: 'http://127.0.0.1:1',
  metadata_url: 'http://127.0.0.1:1',
  service_control_url: 'http://127.0.0.1:1',
  service_control_url_override: 'http://127.0.0.1:1',
  service_account_key: keyFile,
  ssl_protocols: 'TLSv1.3',
  worker_processes: '2',
  xff_trusted_proxy_list: '10.0.0.0/8',
};

/** What else must be on the command line for a flag to say something; `!file`: no --service_json_path. */
const company: Readonly<Record<string, readonly string[]>> = {
  access_log_format: ['--access_log=/tmp/access.log'],
  service_control_network_fail_open: ['--service_control_network_fail_policy=close'],
  non_gcp: [`--service_account_key=${keyFile}`],
  grpc_backend_ssl_root_certs_file: ['--enable_grpc_backend_ssl'],
  grpc_backend_ssl_cert_chain_file: ['--grpc_backend_ssl_private_key_file=k'],
  grpc_backend_ssl_private_key_file: ['--grpc_backend_ssl_cert_chain_file=c'],
  iam_url: ['--service_control_iam_service_account=a@example.com'],
  service_control_iam_delegates: ['--service_control_iam_service_account=a@example.com'],
  cors_allow_origin: ['--cors_preset=basic'],
  cors_allow_origin_regex: ['--cors_preset=cors_with_regex'],
  cors_allow_methods: ['--cors_preset=basic'],
  cors_allow_headers: ['--cors_preset=basic'],
  cors_expose_headers: ['--cors_preset=basic'],
  cors_allow_credentials: ['--cors_preset=basic'],
  cors_max_age: ['--cors_preset=basic'],
  admin_address: ['--status_port=9001'],
  service: ['--rollout_strategy=managed', '!file'],
  version: ['--service=s', '!file'],
  rollout_strategy: ['--service=s', '!file'],
  ssl_server_root_cert_path: ['--ssl_server_cert_path=d'],
  ssl_server_cipher_suites: ['--ssl_server_cert_path=d'],
  ssl_minimum_protocol: ['--ssl_server_cert_path=d'],
  ssl_maximum_protocol: ['--ssl_server_cert_path=d'],
  ssl_protocols: ['--ssl_port=9443'],
  generate_self_signed_cert: ['--ssl_port=9443'],
};

/** What one generation does anyway; the flag is for the other one. */
const alwaysSo: readonly string[] = ['2 runtime_version', '2 enable_backend_routing'];

function sampleOf(spec: FlagSpec, version: RuntimeVersion): string {
  const sample = samples[spec.name];
  if (sample !== undefined) return sample;
  switch (spec.kind) {
    case 'switch':
      return '';
    case 'int':
      return '1234';
    case 'duration':
      return '1234ms';
    case 'choice':
      return spec.choices?.find((choice) => choice !== spec.defaults[version]) ?? '';
    case 'string':
    case 'list':
      return 'sample';
    default:
      return spec.kind satisfies never;
  }
}

describe('a flag that works', () => {
  for (const version of ['1', '2'] as const)
    for (const spec of flagTable) {
      if (!(version in spec.defaults) || spec.status.kind !== 'works') continue;
      if (alwaysSo.includes(`${version} ${spec.name}`)) continue;
      test(`says something with --runtime_version=${version}: --${spec.name}`, () => {
        const own = company[spec.name] ?? [];
        const needsFile = !own.includes('!file') && spec.name !== 'service_json_path';
        const base = [
          `--runtime_version=${version}`,
          ...(needsFile ? ['--service_json_path=f'] : []),
          ...own.filter((flag) => flag !== '!file'),
        ];
        const isOnByDefault = spec.kind === 'switch' && spec.defaults[version] === 'true';
        const sample = sampleOf(spec, version);
        const flag =
          spec.kind === 'switch' ? `--${isOnByDefault ? 'no-' : ''}${spec.name}` : `--${spec.name}=${sample}`;
        assert.notDeepEqual(outcome([...base, flag]), outcome(base));
      });
    }
});

/** The settings, or what is wrong with the command line. */
function outcome(argv: readonly string[]): unknown {
  try {
    const settings = settingsOf(argv);
    // A certificate made at start is new every time.
    return JSON.parse(JSON.stringify(settings, showSets));
  } catch (error) {
    return String(error);
  }
}

function showSets(_key: string, value: unknown): unknown {
  return value instanceof Set ? [...value] : value;
}

/** Members of the settings by path. */
type Expected = Readonly<Record<string, unknown>>;

/** Rows A1–A35 of ESPv2's start script, as far as their flags work here: what the settings become. */
const accepted: ReadonlyArray<readonly [id: string, argv: readonly string[], expected: Expected]> = [
  ['A1', [], { 'snapshot.backend': 'http://127.0.0.1:8082', 'process.logLevel': 'info' }],
  ['A2', ['--backend=echo:8000'], { 'snapshot.backend': 'echo:8000' }],
  ['A3', ['-z=hc'], { 'pipeline.healthPath': '/hc' }],
  ['A3', ['--healthz=/'], { 'pipeline.healthPath': '/' }],
  ['A4', ['--http_port=8079'], { 'listeners.0.port': 8079, 'listeners.0.tls': undefined }],
  ['A4', ['--http2_port=8079'], { 'listeners.0.port': 8079, 'listeners.0.tls': undefined }],
  ['A4', ['--listener_port=8079'], { 'listeners.0.port': 8079, 'listeners.0.tls': undefined }],
  [
    'A5',
    ['-R=managed', '--ssl_port=9000'],
    {
      'source.kind': 'managed',
      'listeners.0.port': 9000,
      'listeners.0.tls.certificates.0.certFile': '/etc/nginx/ssl/nginx.crt',
    },
  ],
  ['A6', ['--dns=127.0.0.1:53'], { dnsServers: ['127.0.0.1:53'] }],
  ['A6', ['--dns_resolver_addresses=127.0.0.1:53'], { dnsServers: ['127.0.0.1:53'] }],
  ['A7', ['--ssl_client_cert_path=d'], { 'cluster.tls.clientCertFile': 'd/client.crt' }],
  ['A7', ['--ssl_backend_client_cert_path=d'], { 'cluster.tls.clientCertFile': 'd/client.crt' }],
  ['A8', ['--ssl_client_root_certs_file=f'], { 'cluster.tls.rootCertsFile': 'f' }],
  [
    'A9',
    ['--enable_grpc_backend_ssl'],
    { 'cluster.tls.rootCertsFile': '/etc/nginx/trusted-ca-certificates.crt' },
  ],
  ['A10', ['--tls_mutual_auth'], { 'cluster.tls.clientCertFile': '/etc/nginx/ssl/backend.crt' }],
  [
    'A11',
    ['--ssl_server_cert_path=d', '--ssl_protocols=TLSv1.3', '--ssl_protocols=TLSv1.2'],
    { 'listeners.0.tls.versions': { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' } },
  ],
  [
    'A12',
    ['--ssl_server_cert_path=d', '--ssl_protocols=TLSv1.2'],
    { 'listeners.0.tls.versions': { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } },
  ],
  ['A13', ['--generate_self_signed_cert'], { 'listeners.0.tls.certificates.0.kind': 'pem' }],
  ['A14', ['--service_control_network_fail_policy=open'], { 'reports.isNetworkFailOpen': true }],
  ['A14', ['--service_control_network_fail_policy=close'], { 'reports.isNetworkFailOpen': false }],
  ['A15', [], { 'reports.reportsApiKeyUid': true }],
  ['A15', ['--no-service_control_enable_api_key_uid_reporting'], { 'reports.reportsApiKeyUid': false }],
  [
    'A16',
    ['--cors_preset=basic'],
    {
      'policies.cors.preset': 'basic',
      'policies.cors.allowOrigin': '*',
      'policies.cors.allowOriginRegex': '',
      'policies.cors.allowMethods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
      'policies.cors.exposeHeaders': 'Content-Length,Content-Range',
      'policies.cors.allowCredentials': false,
      'policies.cors.maxAgeSeconds': 1_728_000,
    },
  ],
  ['A17', ['--cors_preset=basic', '--cors_max_age=1200m'], { 'policies.cors.maxAgeSeconds': 72_000 }],
  [
    'A18',
    ['--add_request_header=k1=v1', '--add_request_header=k2=v2'],
    { 'policies.requestHeaders.add': 'k1=v1;k2=v2' },
  ],
  [
    'A18',
    ['--append_response_header=k1=v1', '--append_response_header=k2=v2'],
    { 'policies.responseHeaders.append': 'k1=v1;k2=v2' },
  ],
  [
    'A19',
    ['--disable_normalize_path', '--disable_merge_slashes_in_path'],
    { 'pipeline.path.normalize': false, 'pipeline.path.mergeSlashes': false },
  ],
  ['A20', ['--enable_debug'], { 'process.logLevel': 'debug', 'pipeline.sendRouterHeaders': true }],
  [
    'A21, A23',
    ['--non_gcp', `--service_account_key=${keyFile}`],
    { 'controlPlane.keyFile': keyFile, 'controlPlane.asksMachineAttributes': false },
  ],
  ['A25', ['--disable_tracing'], {}],
  ['A28', ['--on_serverless'], { 'policies.clientAddress.hops': 0, 'reports.platform': 'Cloud Run(ESPv2)' }],
  ['A29', ['--on_serverless', '--envoy_xff_num_trusted_hops=3'], { 'policies.clientAddress.hops': 3 }],
  ['A30', ['--enable_backend_routing'], { 'snapshot.backendRouting': true }],
  [
    'A33',
    ['--admin_port=8001', '--http_request_timeout_s=1'],
    { 'admin.port': 8001, 'controlPlane.requestTimeoutMs': 1000 },
  ],
  ['A33', [], { admin: undefined, 'controlPlane.requestTimeoutMs': 30_000 }],
];

describe("flags that ESPv2's start script takes", () => {
  for (const [id, argv, expected] of accepted)
    test(`${id}: ${argv.join(' ') || 'none'}`, () => {
      const settings = settingsOf(withService(argv));
      const seen = Object.keys(expected).map((path) => [path, member(settings, path)]);
      assert.deepEqual(Object.fromEntries(seen), expected);
    });

  // A32: the flag goes before the environment, and either will do.
  const otherKey = join(folder, 'other.json');
  const keys: ReadonlyArray<
    readonly [name: string, argv: readonly string[], env: string | undefined, used: string | undefined]
  > = [
    ['no key', [], undefined, undefined],
    ['the environment alone', [], keyFile, keyFile],
    ['the flag alone', [`--service_account_key=${keyFile}`], undefined, keyFile],
    ['both', [`--service_account_key=${keyFile}`], otherKey, keyFile],
  ];
  for (const [name, argv, env, used] of keys)
    test(`A32: ${name}`, () => assert.equal(settingsOf(withService(argv), env).controlPlane.keyFile, used));
});

/** A command line that lacks nothing but what a row is about. */
function withService(argv: readonly string[]): string[] {
  const isManaged = argv.some((flag) => flag.startsWith('-R') || flag.startsWith('--rollout'));
  return ['--runtime_version=2', '--service=s', ...(isManaged ? [] : ['--version=v']), ...argv];
}

function member(from: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], from);
}

/**
 * Rows that ESPv2's start script refuses (A40–A60), and flags that it takes and this version refuses: a flag whose
 * behaviour is not built is an error here, not a silent no. The flag that the line names is given beside each.
 */
const refusedLines: ReadonlyArray<readonly [id: string, argv: readonly string[], named: string]> = [
  ['A35', ['-R=managed'], '--service'],
  ['A40', ['--service=s', '--version=v', '--unheard_of=1'], '--unheard_of'],
  ['A41', ['--service=s', '-R=managed', '--v=1'], '--version'],
  ['A42', ['--service=s'], '--version'],
  ['A42', [], '--version'],
  ['A43', ['--service_json_path=f', '--service=s'], '--service_json_path'],
  ['A43', ['--service_json_path=f', '--version=v'], '--service_json_path'],
  ['A43', ['--service_json_path=f', '-R=managed'], '--service_json_path'],
  ['A44', ['--service_json_path=f', '--backend_dns_lookup_family=v4'], '--backend_dns_lookup_family'],
  ['A45', ['--service=s', '--version=v', '--non_gcp'], '--non_gcp'],
  ['A46', ['--service_json_path=f', '--http_port=8079', '--http2_port=8080'], '--http_port'],
  ['A46', ['--service_json_path=f', '--http_port=8079', '--listener_port=8080'], '--http_port'],
  ['A46', ['--service_json_path=f', '--listener_port=8079', '--ssl_port=8080'], '--listener_port'],
  ['A47', ['--service_json_path=f', '--listener_port=80'], '--listener_port'],
  ['A47', ['--service_json_path=f', '--http_port=80'], '--http_port'],
  ['A47', ['--service_json_path=f', '--http2_port=80'], '--http2_port'],
  ['A47', ['--service_json_path=f', '--ssl_port=443'], '--ssl_port'],
  ['A48', ['--service_json_path=f', '--listener_port=1023'], '--listener_port'],
  ['A49', ['--service_json_path=f', '--ssl_server_cert_path=d', '--ssl_port=9000'], '--ssl_port'],
  [
    'A49',
    ['--service_json_path=f', '--ssl_server_cert_path=d', '--generate_self_signed_cert'],
    '--generate_self_signed_cert',
  ],
  ['A50', ['--service_json_path=f', '--ssl_client_cert_path=d', '--tls_mutual_auth'], '--tls_mutual_auth'],
  [
    'A50',
    ['--service_json_path=f', '--ssl_backend_client_cert_path=d', '--tls_mutual_auth'],
    '--tls_mutual_auth',
  ],
  [
    'A50',
    ['--service_json_path=f', '--ssl_backend_client_cert_path=d', '--ssl_client_cert_path=d'],
    '--ssl_backend_client_cert_path',
  ],
  [
    'A51',
    ['--service_json_path=f', '--ssl_protocols=TLSv1.2', '--ssl_minimum_protocol=TLSv1.1'],
    '--ssl_protocols',
  ],
  ['A51', ['--service_json_path=f', '--ssl_minimum_protocol=TLSv11'], '--ssl_minimum_protocol'],
  [
    'A52',
    ['--service_json_path=f', '--ssl_client_root_certs_file=f', '--enable_grpc_backend_ssl'],
    '--enable_grpc_backend_ssl',
  ],
  [
    'A52',
    ['--service_json_path=f', '--ssl_backend_client_root_certs_file=f', '--enable_grpc_backend_ssl'],
    '--enable_grpc_backend_ssl',
  ],
  [
    'A52',
    ['--service_json_path=f', '--ssl_backend_client_root_certs_file=f', '--ssl_client_root_certs_file=f'],
    '--ssl_backend_client_root_certs_file',
  ],
  [
    'A53',
    ['--transcoding_ignore_query_parameters=a', '--transcoding_ignore_unknown_query_parameters'],
    '--transcoding_ignore_query_parameters',
  ],
  ['A54', ['--service_json_path=f', '--access_log_format=%START_TIME%'], '--access_log_format'],
  [
    'A55',
    ['--service_json_path=f', '--dns=127.0.0.1', '--dns_resolver_address=127.0.0.1'],
    '--dns_resolver_addresses',
  ],
  ['A56', ['--service_json_path=f', '--health_check_grpc_backend'], '--health_check_grpc_backend'],
  [
    'A56',
    ['--service_json_path=f', '--health_check_grpc_backend_interval=1s'],
    '--health_check_grpc_backend_interval',
  ],
  [
    'A58',
    ['--non_gcp', '--enable_application_default_credentials'],
    '--enable_application_default_credentials',
  ],
  ['A59', ['-k', 'x'], '-k'],
  ['A59', ['--ssl_server=x'], '--ssl_server'],
  ['A59', [' --disable_tracing '], ' --disable_tracing '],
  // Taken by ESPv2, not built here:
  ['A22', ['--tracing_project_id=p'], '--tracing_project_id'],
  ['A24', ['--tracing_sample_rate=1'], '--tracing_sample_rate'],
  ['A26', ['--tracing_incoming_context=fake'], '--tracing_incoming_context'],
  ['A27', ['--enable_application_default_credentials'], '--enable_application_default_credentials'],
  ['A31', ['--jwks_fetch_retry_back_off_base_interval=100'], '--jwks_fetch_retry_back_off_base_interval_ms'],
  ['A34', ['--health_check_grpc_backend_service=s'], '--health_check_grpc_backend_service'],
];

describe('flags that are refused', () => {
  for (const [id, argv, named] of refusedLines)
    test(`${id}: ${argv.join(' ')}`, () =>
      assert.throws(
        () => settingsOf(['--runtime_version=2', ...argv]),
        (error) => error instanceof ConfigError && error.message.includes(named),
      ));
});
