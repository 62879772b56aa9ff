import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startControlPlane } from '../../../app/control/start-control-plane.ts';
import { systemClock } from '../../../core/clock.ts';
import { closeAll, type Closeable } from '../../../core/lifecycle.ts';
import { createLogger } from '../../../telemetry/logger.ts';
import type { CliEnvironment } from '../../cli-environment.ts';
import { Session } from '../../session.ts';
import { readClientSettings, writeClientSettings } from '../../settings/data-folder.ts';
import { parsePort } from '../parse-port.ts';
import { type Child, startChild } from './child-process.ts';
import { type ApiDocuments, readDocuments } from './documents.ts';
import { requireBackend, requireFreePort } from './preflight.ts';
import { Provision } from './provision.ts';
import type { UpOptions, UpReport } from './up-options.ts';

const root = join(import.meta.dirname, '../../../..');
/** Where the seed's sample listens. */
const defaultBackend = '127.0.0.1:8080';
/** A deploy from another terminal serves within this time. */
const rolloutProbe = '1s';

/** Everything that `up` runs, ready. */
export interface RunningUp extends Closeable {
  readonly report: UpReport;
  /** Requests that bypass the gate go here. */
  readonly backend: string;
  readonly isSample: boolean;
  /** Resolves when the proxy or the sample ends by itself, with what it said. */
  readonly broken: Promise<string>;
}

/**
 * Starts control plane, proxy and, without documents, the sample; deploys what changed. What can be wrong is looked at
 * before anything is made. Rejects with what to mend; nothing is left behind then.
 */
export async function startUp(
  names: readonly string[],
  options: UpOptions,
  environment: CliEnvironment,
): Promise<RunningUp> {
  const folder = resolve(environment.cwd, options.data);
  const httpPort = parsePort('--http_port', options.http_port);
  const controlPort = parsePort('--control_port', options.control_port);
  const documents = readDocuments(names, environment.cwd, options.project);
  await requireFreePort('--http_port', httpPort);
  await requireFreePort('--control_port', controlPort);
  const backend =
    options.backend ?? (documents.isSample || routesByItself(documents) ? undefined : defaultBackend);
  if (backend !== undefined) await requireBackend(backend);

  const isNewFolder = !existsSync(folder);
  const owners: Closeable[] = [];
  try {
    return await start(
      { documents, backend, folder, httpPort, controlPort, project: options.project },
      environment,
      owners,
    );
  } catch (error) {
    await closeAll(owners);
    if (isNewFolder) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Plan {
  readonly documents: ApiDocuments;
  readonly backend: string | undefined;
  readonly folder: string;
  readonly httpPort: number;
  readonly controlPort: number;
  readonly project: string;
}

async function start(plan: Plan, environment: CliEnvironment, owners: Closeable[]): Promise<RunningUp> {
  const { documents, folder, project } = plan;
  const logger = createLogger({ sink: environment.stderr, level: 'warn' });
  const control = await startControlPlane({ folder, port: plan.controlPort }, { clock: systemClock, logger });
  owners.unshift(control);
  const children: Child[] = [];
  let { backend } = plan;
  if (documents.isSample && backend === undefined) {
    const sample = await startSample(environment);
    children.push(sample);
    owners.unshift(sample);
    backend = urlIn(sample.readyLine);
  }
  const serviceName = documents.service.name;
  const keyFile = join(folder, 'service-account.json');
  const quiet = { ...environment, env: {}, stdout: () => undefined, stderr: () => undefined };
  const provision = new Provision(new Session(quiet, { data: folder, project }), project);
  await provision.ensureProject();
  const configId = await provision.ensureConfig(serviceName, documents.files);
  await provision.ensureServiceAccountKey(keyFile, control.url);
  await provision.ensureControllerRole(serviceName);
  const apiKey = await provision.ensureApiKey();
  rememberProject(folder, project);
  const proxy = await startProxyChild(
    {
      serviceName,
      keyFile,
      backend,
      controlUrl: control.url,
      folder,
      httpPort: plan.httpPort,
      routes: routesByItself(documents),
    },
    environment,
  );
  children.push(proxy);
  owners.unshift(proxy);
  return {
    report: {
      service: serviceName,
      configId,
      proxy: `http://127.0.0.1:${portIn(proxy.readyLine)}`,
      management: control.url,
      control: control.url,
      console: null,
      project,
      apiKey,
      serviceAccountKey: keyFile,
    },
    backend: backend ?? 'the addresses of the document',
    isSample: documents.isSample,
    broken: Promise.race(children.map((child) => child.ended)),
    close: () => closeAll(owners),
  };
}

/** Every operation has an address of its own. */
function routesByItself({ service }: ApiDocuments): boolean {
  const rules = service.backend?.rules ?? [];
  return rules.length > 0 && rules.every((rule) => rule.address !== '');
}

function rememberProject(folder: string, project: string): void {
  const settings = readClientSettings(folder);
  if (settings.project === undefined) writeClientSettings(folder, { ...settings, project });
}

function startSample(environment: CliEnvironment): Promise<Child> {
  const args = [join(root, 'sample/echo/main.ts'), '--port=0'];
  return startChild(
    args,
    (line) => line.startsWith('echo: listening'),
    (line) => showTrouble(line, environment),
  );
}

interface ProxyPlan {
  readonly serviceName: string;
  readonly keyFile: string;
  readonly backend: string | undefined;
  readonly controlUrl: string;
  readonly folder: string;
  readonly httpPort: number;
  readonly routes: boolean;
}

/** The proxy as a user would start it, with the flags of ESP v1; only the waits are a developer's. */
function startProxyChild(plan: ProxyPlan, environment: CliEnvironment): Promise<Child> {
  const args = [
    join(root, 'src/main.ts'),
    'proxy',
    `--service=${plan.serviceName}`,
    '--rollout_strategy=managed',
    `--http_port=${plan.httpPort}`,
    '--listener_address=127.0.0.1',
    ...(plan.backend === undefined ? [] : [`--backend=${plan.backend}`]),
    ...(plan.routes ? ['--enable_backend_routing'] : []),
    `--service_account_key=${plan.keyFile}`,
    `--management=${plan.controlUrl}`,
    `--service_control_url_override=${plan.controlUrl}`,
    '--non_gcp',
    '--status_port=0',
    `--check_rollout_interval=${rolloutProbe}`,
    '--rollout_fetch_throttle_window_in_s=0',
    '--drain_delay=0s',
    `--access_log=${join(plan.folder, 'access.log')}`,
    `--state_dir=${join(plan.folder, 'state')}`,
  ];
  return startChild(
    args,
    (line) => line.includes('"message":"serving"'),
    (line) => showTrouble(line, environment),
  );
}

/** A child's warnings and errors are worth a line; its state changes are not. */
function showTrouble(line: string, environment: CliEnvironment): void {
  if (/"level":"(warn|error)"/.test(line)) environment.stderr(`${line}\n`);
}

function urlIn(line: string): string {
  return /https?:\/\/\S+/.exec(line)?.[0] ?? '';
}

function portIn(line: string): number {
  const { ports } = JSON.parse(line) as { readonly ports: readonly number[] };
  return ports[0] ?? 0;
}
