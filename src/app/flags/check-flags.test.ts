import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError } from '../../core/errors.ts';
import { checkFlags } from './check-flags.ts';
import { FlagReader } from './flag-reader.ts';
import { parseFlags } from './parse-flags.ts';

const hasKey = true;
const noKey = false;

function check(argv: readonly string[], key = noKey): void {
  checkFlags(new FlagReader(parseFlags(argv)), key);
}

describe('checkFlags', () => {
  const good: Array<[argv: string[], key?: boolean]> = [
    [
      [
        '--service=s',
        '--rollout_strategy=managed',
        '--http_port=8082',
        '--backend=localhost:8080',
        '--service_account_key=k',
      ],
    ],
    [['--service=s', '--version=v', '--http_port=80']],
    [['--service_json_path=f']],
    [['--runtime_version=2', '--service=s', '--version=v', '--listener_port=1024']],
    [['--runtime_version=2', '--service=s', '--rollout_strategy=managed', '--non_gcp'], hasKey],
    [['--runtime_version=2', '--service_json_path=f', '--ssl_port=9000', '--generate_self_signed_cert']],
  ];
  for (const [argv, key] of good) it(`accepts ${argv.join(' ')}`, () => check(argv, key));

  const bad: Array<[argv: string[], path: string, key?: boolean]> = [
    [['--runtime_version=2', '--service=s', '-R=managed', '--version=v'], '--version'],
    [['--runtime_version=2', '-R=managed', '--service_json_path=f'], '--service_json_path'],
    [['--runtime_version=2', '--service=s'], '--version'],
    [['--runtime_version=2', '--service=s', '--service_json_path=f'], '--service_json_path'],
    [['--runtime_version=2', '--version=v', '--service_json_path=f'], '--service_json_path'],
    [['--runtime_version=2', '--service=s', '--version=v', '--non_gcp'], '--non_gcp'],
    [['--runtime_version=2', '--service_json_path=f', '--access_log_format=json'], '--access_log_format'],
    [
      ['--runtime_version=2', '--service_json_path=f', '--ssl_port=9000', '--ssl_server_cert_path=d'],
      '--ssl_port',
    ],
    [['--runtime_version=2', '--service_json_path=f', '-t', '--ssl_client_cert_path=d'], '--tls_mutual_auth'],
    [
      ['--runtime_version=2', '--service_json_path=f', '--http_port=8079', '--http2_port=8079'],
      '--http_port, --http2_port',
    ],
    [['--runtime_version=2', '--service_json_path=f', '--listener_port=1023'], '--listener_port'],
    [
      [
        '--runtime_version=2',
        '--service_json_path=f',
        '--ssl_protocols=TLSv1.2',
        '--ssl_minimum_protocol=TLSv1.2',
      ],
      '--ssl_protocols',
    ],
    [
      ['--runtime_version=2', '--service_json_path=f', '--dns_resolver_addresses=1.1.1.1', '--dns=1.1.1.1'],
      '--dns_resolver_addresses',
    ],
    [['--service=s', '--http_port=8080', '--ssl_port=8080'], '[ESP]'],
    [['--service=s', '--non_gcp'], '--non_gcp'],
    [['--http_port=8080'], '--service'],
  ];
  for (const [argv, path, key] of bad) {
    it(`refuses ${argv.join(' ')}`, () => {
      assert.throws(
        () => check(argv, key),
        (error) => error instanceof ConfigError && error.path === path,
      );
    });
  }
});
