import { join } from 'node:path';
import type { Closeable } from '../../../core/lifecycle.ts';
import type { CliEnvironment } from '../../cli-environment.ts';
import { type Child, prepareChild } from './child-process.ts';
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

/** A program of `up` that waits to be told what to serve. */
export interface PreparedProgram<Plan> extends Closeable {
  start(plan: Plan): Promise<Program>;
}

/** The sample API, to be started on a free port. */
export function prepareSample(environment: CliEnvironment): PreparedProgram<void> {
  const child = prepareChild({
    name: 'sample',
    file: join(root, 'sample/echo/main.ts'),
    preload: join(root, 'sample/echo/server.ts'),
    isReady: (line) => line.startsWith('echo: listening'),
    onLine: (line) => showTrouble(line, environment),
    signal: environment.signal,
  });
  return {
    close: () => child.close(),
    async start() {
      const started = await child.start(['--port=0']);
      return { child: started, url: /https?:\/\/\S+/.exec(started.readyLine)?.[0] ?? '' };
    },
  };
}

/** The proxy as a user would start it; only the waits are a developer's. */
export function prepareProxy(environment: CliEnvironment): PreparedProgram<ProxyPlan> {
  const child = prepareChild({
    name: 'proxy',
    file: join(root, 'src/main.ts'),
    preload: join(root, 'src/cli/run/proxy-main.ts'),
    isReady: (line) => line.includes('"message":"serving"'),
    onLine: (line) => showTrouble(line, environment),
    signal: environment.signal,
  });
  return {
    close: () => child.close(),
    async start(plan) {
      const started = await child.start(['proxy', ...flagsOf(plan)]);
      const { ports } = JSON.parse(started.readyLine) as { readonly ports: readonly number[] };
      return { child: started, url: `http://127.0.0.1:${ports[0] ?? 0}` };
    },
  };
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
