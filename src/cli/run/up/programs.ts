import { join } from 'node:path';
import type { CliEnvironment } from '../../cli-environment.ts';
import { type Child, startChild } from './child-process.ts';
import type { RuntimeVersion } from './up-options.ts';

const root = join(import.meta.dirname, '../../../..');
/** A deploy from another terminal serves within this time. */
const rolloutProbe = '1s';

/** What the proxy is to serve and how. */
export interface ProxyPlan {
  readonly runtimeVersion: RuntimeVersion;
  readonly serviceName: string;
  readonly keyFile: string;
  /** Undefined: the addresses of the document alone. */
  readonly backend: string | undefined;
  readonly controlUrl: string;
  readonly folder: string;
  /** 0 takes a free one. */
  readonly httpPort: number;
  /** Whether every operation has an address of its own. */
  readonly routes: boolean;
}

/** A program of `up` and where it listens. */
export interface Program {
  readonly child: Child;
  readonly url: string;
}

/** Starts the sample API on a free port. */
export async function startSample(environment: CliEnvironment): Promise<Program> {
  const child = await startChild({
    name: 'sample',
    args: [join(root, 'sample/echo/main.ts'), '--port=0'],
    isReady: (line) => line.startsWith('echo: listening'),
    onLine: (line) => showTrouble(line, environment),
    signal: environment.signal,
  });
  return { child, url: /https?:\/\/\S+/.exec(child.readyLine)?.[0] ?? '' };
}

/** Starts the proxy as a user would; only the waits are a developer's. */
export async function startProxy(plan: ProxyPlan, environment: CliEnvironment): Promise<Program> {
  const child = await startChild({
    name: 'proxy',
    args: [join(root, 'src/main.ts'), 'proxy', ...flagsOf(plan)],
    isReady: (line) => line.includes('"message":"serving"'),
    onLine: (line) => showTrouble(line, environment),
    signal: environment.signal,
  });
  const { ports } = JSON.parse(child.readyLine) as { readonly ports: readonly number[] };
  return { child, url: `http://127.0.0.1:${ports[0] ?? 0}` };
}

function flagsOf(plan: ProxyPlan): string[] {
  return [
    `--runtime_version=${plan.runtimeVersion}`,
    `--service=${plan.serviceName}`,
    '--rollout_strategy=managed',
    '--listener_address=127.0.0.1',
    ...(plan.backend === undefined ? [] : [`--backend=${plan.backend}`]),
    ...(plan.routes ? ['--enable_backend_routing'] : []),
    `--service_account_key=${plan.keyFile}`,
    `--management=${plan.controlUrl}`,
    ...(plan.runtimeVersion === '1'
      ? [
          `--http_port=${plan.httpPort}`,
          `--service_control_url_override=${plan.controlUrl}`,
          '--rollout_fetch_throttle_window_in_s=0',
        ]
      : [`--listener_port=${plan.httpPort}`, `--service_control_url=${plan.controlUrl}`]),
    '--non_gcp',
    '--status_port=0',
    `--check_rollout_interval=${rolloutProbe}`,
    '--drain_delay=0s',
    `--access_log=${join(plan.folder, 'access.log')}`,
    `--state_dir=${join(plan.folder, 'state')}`,
  ];
}

/** A child's warnings and errors are worth a line; its state changes are not. */
function showTrouble(line: string, environment: CliEnvironment): void {
  if (/"level":"(warn|error)"/.test(line)) environment.stderr(`${line}\n`);
}
