import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchCase } from './cases.ts';
import { runLoad, warmUp } from './load.ts';
import type { Peer, PeerContext } from './peers/peer.ts';
import { cpuMicros, residentMiB } from './processes.ts';

/** One line of the result. */
export interface Measurement {
  readonly case: string;
  readonly proxy: string;
  /** From the kernel's accounting of the proxy's processes, at saturation. */
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
  /** At half of the saturated rate. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly residentMiB: number;
  /** CPU per request over nginx's, or bytes per CPU second over nginx's, in the same round; null without nginx. */
  readonly ratioToNginx: number | null;
}

export interface MeasureOptions {
  readonly seconds: number;
}

/** Starts a peer, loads it to saturation and at half of that, and stops it. Throws with what the peer said. */
export async function measure(
  peer: Peer,
  context: Omit<PeerContext, 'scratch'>,
  scratch: string,
  options: MeasureOptions,
): Promise<Measurement> {
  const folder = mkdtempSync(join(scratch, `${peer.name}-`));
  const started = await peer.start({ ...context, scratch: folder });
  try {
    const { benchCase } = context;
    const shape = {
      url: `${benchCase.tls ? 'https' : 'http'}://127.0.0.1:${started.port}${benchCase.path}`,
      protocol: benchCase.protocol,
      connections: benchCase.connections,
      streamsPerConnection: benchCase.streamsPerConnection,
      headers: started.headers,
    };
    await warmUp(shape, folder);
    const cpuBefore = cpuMicros(started.running.pid);
    const saturated = await runLoad({ ...shape, seconds: options.seconds, rate: undefined }, folder);
    await delay(100);
    const cpu = cpuMicros(started.running.pid) - cpuBefore;
    if (saturated.failed > 0) throw new Error(`${saturated.failed} of ${saturated.requests} requests failed`);
    const requestsPerSecond = saturated.requests / saturated.seconds;
    const half = await runLoad({ ...shape, seconds: options.seconds, rate: requestsPerSecond / 2 }, folder);
    return {
      case: benchCase.name,
      proxy: peer.name,
      cpuMicrosPerRequest: cpu / saturated.requests,
      requestsPerSecond,
      p50Ms: half.p50Ms,
      p99Ms: half.p99Ms,
      p999Ms: half.p999Ms,
      residentMiB: residentMiB(started.running.pid),
      ratioToNginx: null,
    };
  } finally {
    await started.running.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ratio by the case's own measure: cost over nginx's cost, or throughput per CPU over nginx's. */
export function ratioToNginx(
  benchCase: BenchCase,
  own: Measurement,
  nginx: Measurement | undefined,
): number | null {
  if (nginx === undefined) return null;
  const cost = own.cpuMicrosPerRequest / nginx.cpuMicrosPerRequest;
  return benchCase.ratioOf === 'cpuPerRequest' ? cost : 1 / cost;
}
