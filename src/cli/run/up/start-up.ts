import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startControlPlane } from '../../../app/control/start-control-plane.ts';
import { systemClock } from '../../../core/clock.ts';
import { closeAll, type Closeable } from '../../../core/lifecycle.ts';
import { createLogger } from '../../../telemetry/logger.ts';
import type { CliEnvironment } from '../../cli-environment.ts';
import { interrupted } from '../../cli-error.ts';
import { Session } from '../../session.ts';
import { defaultDataFolder, readClientSettings, writeClientSettings } from '../../settings/data-folder.ts';
import { parsePort } from '../parse-port.ts';
import { type ApiDocuments, readDocuments } from './documents.ts';
import { requireBackend, requireFreePort } from './preflight.ts';
import { prepareProxy, prepareSample } from './programs.ts';
import { Provision } from './provision.ts';
import type { RuntimeVersion, UpOptions, UpReport } from './up-options.ts';

/** Where the seed's sample listens. */
const defaultBackend = '127.0.0.1:8080';

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
  const folder = resolve(
    environment.cwd,
    options.data ?? environment.env['GATEHOUSE_DATA'] ?? defaultDataFolder,
  );
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
      {
        documents,
        backend,
        folder,
        httpPort,
        controlPort,
        project: options.project,
        runtimeVersion: options.runtime_version,
      },
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
  readonly runtimeVersion: RuntimeVersion;
}

async function start(plan: Plan, environment: CliEnvironment, owners: Closeable[]): Promise<RunningUp> {
  const { documents, folder, project } = plan;
  if (environment.signal.aborted) throw interrupted();
  const logger = createLogger({ sink: environment.stderr, level: 'warn' });
  const isSampleServed = documents.isSample && plan.backend === undefined;
  // They load while the control plane starts and is filled.
  const proxyProgram = prepareProxy(environment);
  owners.unshift(proxyProgram);
  const sampleProgram = isSampleServed ? prepareSample(environment) : undefined;
  if (sampleProgram !== undefined) owners.unshift(sampleProgram);
  const control = await startControlPlane({ folder, port: plan.controlPort }, { clock: systemClock, logger });
  // Closed last: the proxy's final report wants it.
  owners.push(control);
  const sample = await sampleProgram?.start();
  const backend = plan.backend ?? sample?.url;
  const serviceName = documents.service.name;
  const keyFile = join(folder, `service-account-${project}.json`);
  const quiet = { ...environment, env: {}, stdout: () => undefined, stderr: () => undefined };
  const provision = new Provision(new Session(quiet, { data: folder, project }), project);
  await provision.ensureProject();
  const [configId, apiKey] = await Promise.all([
    provision.ensureConfig(serviceName, documents.files),
    provision.ensureApiKey(),
    provision.ensureServiceAccountKey(keyFile, control.url),
  ]);
  await provision.ensureControllerRole(serviceName);
  rememberProject(folder, project);
  const proxy = await proxyProgram.start({
    runtimeVersion: plan.runtimeVersion,
    serviceName,
    keyFile,
    backend,
    controlUrl: control.url,
    folder,
    httpPort: plan.httpPort,
    routes: routesByItself(documents),
  });
  const ended = [proxy, sample].filter((program) => program !== undefined).map(({ child }) => child.ended);
  return {
    report: {
      service: serviceName,
      configId,
      proxy: proxy.url,
      management: control.url,
      control: control.url,
      console: null,
      project,
      apiKey,
      serviceAccountKey: keyFile,
    },
    backend: backend ?? 'the addresses of the document',
    isSample: documents.isSample,
    broken: Promise.race(ended),
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
