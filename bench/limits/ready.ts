import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { gatehouseProgram, prepareGatehouse } from '../gatehouse-process.ts';
import { endWithUs, processTree, residentMiB, residentSetMiB, stopChild } from '../processes.ts';
import { serviceConfig } from '../service-config.ts';
import { type Limit, type LimitContext, median, rounded } from './limit.ts';

const proxyStarts = 9;
const upStarts = 5;
const pollMs = 4;
const startWaitMs = 30_000;
/** Long enough for what a start leaves to do. */
const idleMs = 2_000;
const maxProxyReadyMs = 400;
const maxUpReadyMs = 1_000;
const maxIdleMiB = 100;

/** How long a start takes, cold and warm, and what stands there idle afterwards. No process is bound to a core. */
export const ready: Limit = {
  name: 'ready',
  async run(context) {
    const proxy = await measureProxy(context);
    const up = await measureUp(context);
    return {
      measurement: 'ready',
      ...proxy,
      ...up,
      aim: `proxy ready in < ${maxProxyReadyMs} ms and idle below ${maxIdleMiB} MiB, up in < ${maxUpReadyMs} ms on its first and second start`,
      isMet:
        proxy.proxyReadyMs < maxProxyReadyMs &&
        proxy.proxyIdleMiB < maxIdleMiB &&
        up.upFirstStartMs < maxUpReadyMs &&
        up.upSecondStartMs < maxUpReadyMs,
    };
  },
};

interface ProxyFigures {
  /** The very first start, before Node has kept the compiled code. */
  readonly proxyReadyColdCacheMs: number;
  /** The median of the starts after that. */
  readonly proxyReadyMs: number;
  readonly proxyReadyWorstMs: number;
  /** All resident pages, those that it shares with other Node programs included. */
  readonly proxyIdleMiB: number;
}

async function measureProxy({ scratch, backendPort }: LimitContext): Promise<ProxyFigures> {
  const { command, port } = await prepareGatehouse({
    scratch,
    backendPort,
    serviceConfig: serviceConfig({
      methods: [{ name: 'json', verb: 'get', path: '/json' }],
      policies: false,
    }),
  });
  const env = { NODE_COMPILE_CACHE: join(scratch, 'compile-cache-proxy') };
  const isReady = (_child: ChildProcess, signal: AbortSignal): Promise<void> =>
    waitFor200(`http://127.0.0.1:${port}/json`, signal);
  const cold = await timeStart(command, env, isReady);
  const times: number[] = [];
  let idleMiB = 0;
  for (let start = 0; start < proxyStarts; start++) {
    const look = start === 0 ? async (pid: number) => void (idleMiB = await idleResidentMiB(pid)) : undefined;
    times.push(await timeStart(command, env, isReady, look));
  }
  return {
    proxyReadyColdCacheMs: rounded(cold),
    proxyReadyMs: rounded(median(times)),
    proxyReadyWorstMs: rounded(Math.max(...times)),
    proxyIdleMiB: rounded(idleMiB),
  };
}

interface UpFigures {
  /** Empty folder, and Node has not kept the compiled code yet: what a new user sees. */
  readonly upFirstStartColdCacheMs: number;
  /** Empty folder; median. */
  readonly upFirstStartMs: number;
  /** The same folder again; median. */
  readonly upSecondStartMs: number;
  /** Resident pages of each process, those shared with the others included: the command first. */
  readonly upIdleMiBByProcess: readonly number[];
  /** Together, shared pages once. */
  readonly upIdleMiB: number;
}

async function measureUp({ scratch }: LimitContext): Promise<UpFigures> {
  const env = { NODE_COMPILE_CACHE: join(scratch, 'compile-cache-up') };
  const start = async (folder: string, look?: (pid: number) => Promise<void>): Promise<number> =>
    await timeStart(upCommand(join(scratch, folder)), env, waitForReport, look);
  const cold = await start('up-cold');
  const [first, second]: [number[], number[]] = [[], []];
  let byProcess: number[] = [];
  let total = 0;
  for (let round = 0; round < upStarts; round++) {
    first.push(await start(`up-${round}`));
    const look = async (pid: number): Promise<void> => {
      await delay(idleMs);
      byProcess = processTree(pid).map((member) => rounded(residentSetMiB(member)));
      total = rounded(residentMiB(pid));
    };
    second.push(await start(`up-${round}`, round === 0 ? look : undefined));
  }
  return {
    upFirstStartColdCacheMs: rounded(cold),
    upFirstStartMs: rounded(median(first)),
    upSecondStartMs: rounded(median(second)),
    upIdleMiBByProcess: byProcess,
    upIdleMiB: total,
  };
}

function upCommand(folder: string): string[] {
  return gatehouseProgram('up', '--http_port=0', '--control_port=0', `--data=${folder}`, '--format=json');
}

/** Milliseconds from spawn until `isReady` resolves. */
async function timeStart(
  [file, ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  isReady: (child: ChildProcess, signal: AbortSignal) => Promise<unknown>,
  look?: (pid: number) => Promise<void>,
): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(file as string, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...env },
  });
  endWithUs(child);
  const over = new AbortController();
  child.once('exit', (code) => over.abort(new Error(`it ended with ${code} before it was ready`)));
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(startWaitMs)]);
  try {
    await isReady(child, signal);
    const tookMs = performance.now() - startedMs;
    await look?.(child.pid as number);
    return tookMs;
  } finally {
    await stopChild(child);
  }
}

async function waitForReport(child: ChildProcess, signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  await once(lines, 'line', { signal });
}

async function waitFor200(url: string, signal: AbortSignal): Promise<void> {
  while ((await statusOf(url)) !== 200) await delay(pollMs, undefined, { signal });
}

/** Undefined: nobody answers. On a connection of its own, so that nothing is kept from a proxy that has gone. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request(url, { agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    sent.on('error', () => resolve(undefined)).end();
  });
}

async function idleResidentMiB(pid: number): Promise<number> {
  await delay(idleMs);
  return residentSetMiB(pid);
}
