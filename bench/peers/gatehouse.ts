import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, proxyCore, startProgram } from '../processes.ts';
import { benchApiKey } from '../service-control-stand-in.ts';
import type { Peer, PeerContext } from './peer.ts';

const root = join(import.meta.dirname, '../..');
const rsaBits = 2048;

/** Gatehouse with one worker: as a plain gate, or with route, key, quota and report. */
export const gatehouse: Peer = {
  name: 'gatehouse',
  unavailable: () => undefined,
  serves: () => true,
  async start(context) {
    const port = await freePort();
    const command = [process.execPath, join(root, 'src/main.ts'), 'proxy', ...flags(context, port)];
    const running = await startProgram(command, { core: proxyCore, port });
    return { port, running, headers: context.benchCase.policies ? [`x-api-key: ${benchApiKey}`] : [] };
  },
};

function flags(context: PeerContext, port: number): string[] {
  const { benchCase, backendPort, scratch } = context;
  const config = join(scratch, 'service.json');
  writeFileSync(config, JSON.stringify(serviceConfig(benchCase.policies)));
  const common = [
    '--runtime_version=2',
    `--service_json_path=${config}`,
    `--listener_port=${port}`,
    '--listener_address=127.0.0.1',
    `--backend=http://127.0.0.1:${backendPort}`,
    '--non_gcp',
  ];
  return [
    ...common,
    ...credentials(scratch, context.serviceControlUrl),
    ...(benchCase.tls ? certificate(context) : []),
  ];
}

/** A key of its own, so that access tokens come from the stand-in. */
function credentials(scratch: string, serviceControlUrl: string): string[] {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: rsaBits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const keyFile = join(scratch, 'key.json');
  const email = 'bench@bench.iam.gserviceaccount.com';
  const key = {
    type: 'service_account',
    project_id: 'bench',
    private_key_id: '1',
    private_key: privateKey,
    client_email: email,
    client_id: '1',
    token_uri: `${serviceControlUrl}/token`,
  };
  writeFileSync(keyFile, JSON.stringify(key), { mode: 0o600 });
  return [`--service_account_key=${keyFile}`, `--service_control_url=${serviceControlUrl}`];
}

function certificate({ scratch, certFile, keyFile }: PeerContext): string[] {
  const folder = join(scratch, 'tls');
  mkdirSync(folder, { recursive: true });
  copyFileSync(certFile, join(folder, 'server.crt'));
  copyFileSync(keyFile, join(folder, 'server.key'));
  return [`--ssl_server_cert_path=${folder}`, '--ssl_minimum_protocol=TLSv1.3'];
}

/** The files of the backend as one API; with policies every method needs a key and costs quota. */
function serviceConfig(policies: boolean): unknown {
  const names = ['json', 'body0', 'body1k', 'body64k', 'body1m'];
  const selectorOf = (name: string): string => `bench.Api.${name}`;
  return {
    name: 'bench.example.com',
    id: '2026-01-01r0',
    producerProjectId: 'bench',
    apis: [
      {
        name: 'bench.Api',
        version: '1.0.0',
        methods: names.map((name) => ({ name, requestTypeUrl: 'type.googleapis.com/google.protobuf.Empty' })),
      },
    ],
    http: { rules: names.map((name) => ({ selector: selectorOf(name), get: `/${name}` })) },
    usage: {
      rules: policies
        ? []
        : names.map((name) => ({
            selector: selectorOf(name),
            allowUnregisteredCalls: true,
            skipServiceControl: true,
          })),
    },
    ...(policies ? policySections(names.map(selectorOf)) : {}),
  };
}

function policySections(selectors: readonly string[]): object {
  const requestCount = 'serviceruntime.googleapis.com/api/consumer/request_count';
  return {
    control: { environment: 'servicecontrol.googleapis.com' },
    logs: [{ name: 'endpoints_log' }],
    metrics: [
      { name: 'reads', metricKind: 'DELTA', valueType: 'INT64' },
      { name: requestCount, metricKind: 'DELTA', valueType: 'INT64' },
    ],
    quota: {
      limits: [
        { name: 'reads', metric: 'reads', unit: '1/min/{project}', values: { STANDARD: '1000000000' } },
      ],
      metricRules: selectors.map((selector) => ({ selector, metricCosts: { reads: '1' } })),
    },
  };
}
