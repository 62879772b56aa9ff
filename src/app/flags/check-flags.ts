import { ConfigError } from '../../core/errors.ts';
import type { FlagReader } from './flag-reader.ts';

/** The lowest port that needs no privilege. */
const firstUnprivilegedPort = 1024;
const portFlagsOfV2 = ['http_port', 'http2_port', 'listener_port', 'ssl_port'];

/** A rule about flags that do not go together: returns the error, or undefined. */
type Check = (flags: FlagReader) => ConfigError | undefined;

/**
 * Throws on the first rule that the command line breaks. ESPv2's rules come in the order of its start script; ESP v1's
 * are the few that `start_esp` has. `hasKey` tells whether a service account key was found, on the command line or in
 * the environment.
 */
export function checkFlags(flags: FlagReader, hasKey: boolean): void {
  for (const check of flags.runtimeVersion === '2' ? checksOfV2(hasKey) : checksOfV1(hasKey)) {
    const error = check(flags);
    if (error !== undefined) throw error;
  }
}

function checksOfV2(hasKey: boolean): Check[] {
  return [
    (f) =>
      when(
        isManaged(f) && f.isGiven('version'),
        '--version',
        'cannot be used with --rollout_strategy=managed',
        'leave one out',
      ),
    (f) =>
      when(
        isManaged(f) && f.isGiven('service_json_path'),
        '--service_json_path',
        'needs --rollout_strategy=fixed',
      ),
    (f) =>
      when(
        !isManaged(f) && !f.isGiven('version') && !f.isGiven('service_json_path'),
        '--version',
        'is required with --rollout_strategy=fixed',
        'give the config id, or use --rollout_strategy=managed',
      ),
    together('service_json_path', 'service'),
    together('service_json_path', 'version'),
    (f) => missingKey(f, hasKey),
    (f) =>
      when(
        f.isGiven('access_log_format') && !f.isGiven('access_log'),
        '--access_log_format',
        'needs --access_log',
      ),
    together('ssl_port', 'ssl_server_cert_path', 'use --ssl_server_cert_path alone'),
    together('tls_mutual_auth', 'ssl_backend_client_cert_path', 'use --ssl_backend_client_cert_path alone'),
    together('tls_mutual_auth', 'ssl_client_cert_path', 'use --ssl_backend_client_cert_path alone'),
    together(
      'enable_grpc_backend_ssl',
      'ssl_backend_client_root_certs_file',
      'use --ssl_backend_client_root_certs_file alone',
    ),
    together(
      'enable_grpc_backend_ssl',
      'ssl_client_root_certs_file',
      'use --ssl_backend_client_root_certs_file alone',
    ),
    together('generate_self_signed_cert', 'ssl_server_cert_path'),
    severalPorts,
    privilegedPort,
    together('ssl_protocols', 'ssl_minimum_protocol', 'use the minimum and maximum flags'),
    together('ssl_protocols', 'ssl_maximum_protocol', 'use the minimum and maximum flags'),
    together('dns_resolver_addresses', 'dns'),
    together(
      'ssl_backend_client_cert_path',
      'ssl_client_cert_path',
      'the latter is the old name of the former',
    ),
    together(
      'ssl_backend_client_root_certs_file',
      'ssl_client_root_certs_file',
      'the latter is the old name of the former',
    ),
    noService,
  ];
}

function checksOfV1(hasKey: boolean): Check[] {
  return [
    duplicatePort,
    (f) => missingKey(f, hasKey),
    (f) =>
      when(
        f.isGiven('service_json_path') && isManaged(f),
        '--service_json_path',
        'needs --rollout_strategy=fixed',
      ),
    noService,
  ];
}

function isManaged(flags: FlagReader): boolean {
  return flags.text('rollout_strategy') === 'managed';
}

function when(isWrong: boolean, path: string, problem: string, hint?: string): ConfigError | undefined {
  return isWrong ? new ConfigError(path, problem, hint) : undefined;
}

function together(first: string, second: string, hint = 'leave one out'): Check {
  return (f) =>
    when(
      f.isGiven(first) && f.isGiven(second),
      `--${first}`,
      `cannot be used together with --${second}`,
      hint,
    );
}

function missingKey(flags: FlagReader, hasKey: boolean): ConfigError | undefined {
  return when(
    flags.isOn('non_gcp') && !hasKey,
    '--non_gcp',
    'needs a service account key',
    'give --service_account_key or set GOOGLE_APPLICATION_CREDENTIALS',
  );
}

function severalPorts(flags: FlagReader): ConfigError | undefined {
  const given = portFlagsOfV2.filter((name) => flags.isGiven(name) && flags.int(name) !== 0);
  return when(
    given.length > 1,
    given.map((name) => `--${name}`).join(', '),
    'only one port flag is allowed',
    'use --listener_port',
  );
}

function privilegedPort(flags: FlagReader): ConfigError | undefined {
  const wrong = portFlagsOfV2.find((name) => {
    const port = flags.isGiven(name) ? flags.int(name) : 0;
    return port !== 0 && port < firstUnprivilegedPort;
  });
  return wrong === undefined
    ? undefined
    : new ConfigError(
        `--${wrong}`,
        `${flags.int(wrong)} is a privileged port`,
        `use ${firstUnprivilegedPort} or above`,
      );
}

function duplicatePort(flags: FlagReader): ConfigError | undefined {
  const ports = ['http_port', 'http2_port', 'ssl_port', 'status_port']
    .filter((name) => flags.isGiven(name))
    .map((name) => flags.int(name));
  const twice = ports.find((port, i) => port !== 0 && ports.indexOf(port) !== i);
  // The words of start_esp.
  return twice === undefined ? undefined : new ConfigError('[ESP]', `Port ${twice} is used more than once.`);
}

function noService(flags: FlagReader): ConfigError | undefined {
  const missing = !flags.isGiven('service') && !flags.isGiven('service_json_path');
  return when(
    missing,
    '--service',
    'is required',
    'name the Endpoints service, or serve a file with --service_json_path',
  );
}
