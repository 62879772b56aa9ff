import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ServerlessStart, readServerlessStart } from './serverless-start.ts';

const base = ['--runtime_version=2', '--on_serverless', '--http_port=8080'];
const name = { PORT: '8080', ENDPOINTS_SERVICE_NAME: 's' };
const managed = [...base, '--service=s', '--rollout_strategy=managed'];

function argv(...more: string[]): ServerlessStart {
  return { kind: 'arguments', argv: more };
}

describe('readServerlessStart', () => {
  // The ids are those of ESPv2's own tests of its wrapper, as our reference numbers them.
  const rows: ReadonlyArray<
    readonly [id: string, env: Readonly<Record<string, string>>, expected: ServerlessStart | undefined]
  > = [
    [
      'S1 keeps blanks of the items',
      { ...name, ESPv2_ARGS: '--http_request_timeout_s=1, --disable_tracing ' },
      argv(...managed, '--http_request_timeout_s=1', ' --disable_tracing '),
    ],
    [
      'S3 serves one version',
      { ...name, ENDPOINTS_SERVICE_VERSION: 'v' },
      argv(...base, '--service=s', '--rollout_strategy=fixed', '--version=v'),
    ],
    [
      'S4 serves a file, whatever else is named',
      { ...name, ENDPOINTS_SERVICE_PATH: '/f', ENDPOINTS_SERVICE_VERSION: 'v' },
      argv(...base, '--rollout_strategy=fixed', '--service_json_path=/f'),
    ],
    [
      'S5 takes another delimiter',
      { ...name, ESPv2_ARGS: '^++^--cors_preset=basic,++--cors_allow_origin=*' },
      argv(...managed, '--cors_preset=basic,', '--cors_allow_origin=*'),
    ],
    [
      'S6 explains a missing service',
      { PORT: '8080', K_SERVICE: 'k' },
      {
        kind: 'explain',
        port: 8080,
        problem: 'Neither ENDPOINTS_SERVICE_NAME nor ENDPOINTS_SERVICE_PATH is set.',
      },
    ],
    [
      'S7 explains an empty delimiter',
      { ...name, ESPv2_ARGS: '^^--cors_preset=basic' },
      { kind: 'explain', port: 8080, problem: 'ESPv2_ARGS is malformed: its delimiter is empty.' },
    ],
    ['S8 wants a port', { ENDPOINTS_SERVICE_NAME: 's' }, undefined],
    ['counts an empty text as unset', { PORT: '8080', ENDPOINTS_SERVICE_NAME: '' }, undefined],
    ['takes no PORT for a serverless container by itself', { PORT: '8080' }, undefined],
    ['wants a port that can be one', { ...name, PORT: '70000' }, undefined],
  ];
  for (const [title, env, expected] of rows)
    it(title, () => assert.deepEqual(readServerlessStart(env), expected));
});
