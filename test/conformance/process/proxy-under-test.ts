import type { JsonObject } from '@bufbuild/protobuf';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type FakeServiceControl,
  startFakeServiceControl,
} from '../../../src/service-control/testing/fake-service-control.ts';
import { type LocalServer, startLocalServer } from '../../../src/service-control/testing/local-server.ts';
import { Program } from '../../helpers/program.ts';
import { startDnsServer } from './dns-server.ts';
import { type EchoBackend, startEchoBackend } from './echo-backend.ts';
import { configId, echoApiName, echoService, echoServiceName } from './echo-service.ts';
import { type JwtIssuer, startJwtIssuer } from './jwt-issuer.ts';
import type { BackendKind, ServiceChanges, Setup } from './process-case.ts';
import type { ServiceFacts } from './service-control-calls.ts';
import { shelfApiName, shelfService, shelfServiceName } from './shelf-service.ts';
import { startIamServer, startManagementServer, startMetadataServer, startTlsFront } from './side-servers.ts';
import type { TestCertificates } from './test-certificates.ts';

// Two cores may be shared with everything else that is tested.
const startWaitMs = 40_000;
const firstRolloutId = 'rollout-1';

/** A proxy process with everything around it that a setup names. */
export interface ProxyUnderTest {
  readonly port: number;
  readonly control: FakeServiceControl;
  readonly backend: EchoBackend;
  readonly issuer: JwtIssuer | undefined;
  readonly iam: LocalServer | undefined;
  readonly facts: ServiceFacts;
  readonly certificates: TestCertificates;
  readAccessLog(): string;
  /** Puts the config without authentication into Service Management, and announces its rollout. */
  rollOutNext(): void;
  close(): Promise<void>;
}

/** Starts one; rejects with what the process printed when it ends instead of serving. */
export async function startProxyUnderTest(
  setup: Setup,
  folder: string,
  certificates: TestCertificates,
): Promise<ProxyUnderTest> {
  const closers: Array<() => unknown> = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  const keep = <T extends { close(): unknown }>(server: T): T => {
    closers.push(() => server.close());
    return server;
  };
  try {
    return await start(setup, { folder, certificates, keep, close, onClose: (c) => void closers.push(c) });
  } catch (error) {
    await close();
    throw error;
  }
}

interface Around {
  readonly folder: string;
  readonly certificates: TestCertificates;
  readonly keep: <T extends { close(): unknown }>(server: T) => T;
  readonly close: () => Promise<void>;
  readonly onClose: (closer: () => unknown) => void;
}

async function start(setup: Setup, around: Around): Promise<ProxyUnderTest> {
  const { folder, certificates, keep } = around;
  mkdirSync(folder, { recursive: true });
  const control = keep(await startFakeServiceControl());
  const metadata = keep(await startMetadataServer());
  const kind = setup.backend ?? defaultBackends[setup.service];
  const backend = keep(await startEchoBackend(kind, certificates));
  if (kind === 'down') await backend.close();
  const issuer = setup.changes?.audiences === undefined ? undefined : keep(await startJwtIssuer());
  const iam = setup.iam === undefined ? undefined : keep(await startIamServer(setup.iam));
  const dns = setup.dns === undefined ? undefined : keep(await startDnsServer(setup.dns));
  const changes = { ...setup.changes, ...(issuer !== undefined && { jwksUri: issuer.jwksUri }) };
  const service = buildService(setup, changes, { kind, port: backend.port });
  const management = keep(await startManagementServer(setup.configFaults ?? []));
  management.rollOut(firstRolloutId, service.config);
  control.reportAnswer = { serviceRolloutId: firstRolloutId };
  const accessLog = join(folder, 'access.log');
  const values: Readonly<Record<string, string>> = {
    accessLog,
    ca: certificates.caFile,
    otherCa: certificates.unknownCaFile,
    serverFolder: certificates.serverFolder,
    clientFolder: certificates.clientFolder,
    backendPort: String(backend.port),
    dnsPort: String(dns?.port),
    iam: iam?.url ?? '',
  };
  const controlUrl =
    setup.controlTls === true ? keep(await startTlsFront(control.url, certificates.server)).url : control.url;
  const flags = [
    '--runtime_version=2',
    '--listener_port=0',
    '--listener_address=127.0.0.1',
    '--state_dir=off',
    '--disable_tracing',
    '--drain_delay=0s',
    '--drain_timeout=1s',
    `--metadata_url=${metadata.url}`,
    `--service_control_url=${controlUrl}`,
    ...sourceFlags(setup, service, {
      folder,
      managementUrl:
        setup.management === 'fixed-tls'
          ? keep(await startTlsFront(management.url, certificates.server)).url
          : management.url,
    }),
    ...backendFlags(setup, kind, backend.port),
    ...(setup.serviceAccountKey === true ? [await keyFlag(folder, keep)] : []),
    ...withDefault(setup.flags ?? [], '--service_control_network_fail_policy=close'),
  ].map((flag) => flag.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole));
  const program = Program.gatehouse(['proxy', ...flags]);
  around.onClose(() => program.stop('SIGKILL'));
  const line = await program.waitForLine(/"msg":"serving"|"serving"/, startWaitMs);
  const port = Number(/"ports":\[(\d+)/.exec(line)?.[1]);
  return {
    port,
    control,
    backend,
    issuer,
    iam,
    facts: service.facts,
    certificates,
    readAccessLog: () => (existsSync(accessLog) ? readFileSync(accessLog, 'utf8') : ''),
    rollOutNext() {
      const next = buildService(setup, { configId: 'config-2' }, { kind, port: backend.port });
      management.rollOut('rollout-2', next.config);
      control.reportAnswer = { serviceRolloutId: 'rollout-2' };
    },
    close: around.close,
  };
}

const defaultBackends: Readonly<Record<Setup['service'], BackendKind>> = {
  echo: 'plain',
  'echo-routed': 'tls',
  shelves: 'plain',
  'shelves-grpc': 'grpc',
  'shelves-grpc-routed': 'grpcs',
};

function buildService(
  setup: Setup,
  changes: ServiceChanges,
  backend: { readonly kind: BackendKind; readonly port: number },
): { readonly config: JsonObject; readonly facts: ServiceFacts } {
  const isPlain = backend.kind === 'plain' || backend.kind === 'down';
  if (setup.service.startsWith('echo')) {
    const base = `${isPlain ? 'http' : 'https'}://127.0.0.1:${backend.port}`;
    const config = echoService(changes, setup.service === 'echo-routed' ? base : undefined);
    return {
      config,
      facts: { name: echoServiceName, apiName: echoApiName, producerProject: 'producer-project' },
    };
  }
  const routed = setup.service === 'shelves-grpc-routed' ? `grpcs://127.0.0.1:${backend.port}` : undefined;
  return {
    config: shelfService(changes, routed),
    facts: { name: shelfServiceName, apiName: shelfApiName, producerProject: 'producer project' },
  };
}

function sourceFlags(
  setup: Setup,
  service: { readonly config: JsonObject; readonly facts: ServiceFacts },
  from: { readonly folder: string; readonly managementUrl: string },
): string[] {
  const named = [`--service=${service.facts.name}`, `--management=${from.managementUrl}`];
  switch (setup.management) {
    case undefined: {
      const path = join(from.folder, 'service.json');
      writeFileSync(path, JSON.stringify(service.config));
      return [`--service_json_path=${path}`];
    }
    case 'fixed':
    case 'fixed-tls':
      return [...named, `--version=${configId}`, '--rollout_strategy=fixed'];
    case 'managed':
      return [...named, '--rollout_strategy=managed'];
    default:
      return setup.management satisfies never;
  }
}

function backendFlags(setup: Setup, kind: BackendKind, port: number): string[] {
  const flags = [];
  if (kind !== 'plain' && kind !== 'down' && kind !== 'grpc')
    flags.push('--ssl_backend_client_root_certs_file={ca}');
  if (setup.flags?.some((flag) => flag.startsWith('--backend=')) === true) return flags;
  const scheme = kind === 'grpc' ? 'grpc' : 'http';
  if (setup.service === 'echo' || setup.service === 'shelves' || kind === 'grpc')
    flags.push(`--backend=${scheme}://127.0.0.1:${port}`);
  return flags;
}

function withDefault(flags: readonly string[], fallback: string): string[] {
  const name = fallback.slice(0, fallback.indexOf('='));
  return flags.some((flag) => flag.startsWith(name)) ? [...flags] : [...flags, fallback];
}

/** A service account whose token server is of this machine. */
async function keyFlag(
  folder: string,
  keep: <T extends { close(): unknown }>(server: T) => T,
): Promise<string> {
  const tokens = keep(
    await startLocalServer(() => ({
      body: JSON.stringify({ access_token: 'token-for-key', expires_in: 3599, token_type: 'Bearer' }),
    })),
  );
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const path = join(folder, 'key.json');
  const key = {
    type: 'service_account',
    client_email: 'proxy@example.com',
    private_key_id: 'id-1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: `${tokens.url}/token`,
  };
  writeFileSync(path, JSON.stringify(key), { mode: 0o600 });
  return `--service_account_key=${path}`;
}
