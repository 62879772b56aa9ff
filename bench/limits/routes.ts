import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runLoad, warmUp } from '../load.ts';
import { cpuMicros } from '../processes.ts';
import { type BenchMethod, serviceConfig } from '../service-config.ts';
import { startGate } from './gate.ts';
import { type Limit, type LimitContext, type LimitResult, median, rounded } from './limit.ts';
import { settledMiB } from './settle.ts';

const sizes = [10, 1_000, 10_000] as const;
const rounds = 3;
const seconds = 3;
const connections = 64;
/** Different paths that are asked for, spread over all routes. */
const maxPaths = 1_000;
const maxRatio = 1.1;

interface Sample {
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentMiB: number;
}

/** What a request costs with more and more routes in the config, all of them in use. */
export const routes: Limit = {
  name: 'routes',
  async run(context) {
    const bySize = new Map<number, Sample[]>(sizes.map((size) => [size, []]));
    for (let round = 0; round < rounds; round++)
      for (const size of sizes) bySize.get(size)?.push(await sample(context, size));
    const figures: Record<string, number> = {};
    for (const [size, samples] of bySize) {
      const middle = (pick: (each: Sample) => number): number => rounded(median(samples.map(pick)));
      figures[`cpuMicrosPerRequestWith${size}`] = middle((each) => each.cpuMicrosPerRequest);
      figures[`requestsPerSecondWith${size}`] = middle((each) => each.requestsPerSecond);
      figures[`p50MsWith${size}`] = middle((each) => each.p50Ms);
      figures[`p99MsWith${size}`] = middle((each) => each.p99Ms);
      figures[`residentMiBWith${size}`] = middle((each) => each.residentMiB);
    }
    return { measurement: 'routes', ...figures, ...verdict(bySize) };
  },
};

/** Compares most and fewest routes within each round. */
function verdict(bySize: ReadonlyMap<number, readonly Sample[]>): Pick<LimitResult, 'aim' | 'isMet'> & {
  readonly cpuRatio: number;
} {
  const [fewest = 0, most = 0] = [sizes.at(0), sizes.at(-1)];
  const few = bySize.get(fewest) ?? [];
  const many = bySize.get(most) ?? [];
  const cpuRatio = rounded(
    median(many.map((each, round) => each.cpuMicrosPerRequest / (few[round]?.cpuMicrosPerRequest ?? 0))),
  );
  return {
    cpuRatio,
    aim: `CPU per request with ${most} routes <= ${maxRatio} of that with ${fewest}`,
    isMet: cpuRatio <= maxRatio,
  };
}

async function sample({ scratch, backendPort }: LimitContext, size: number): Promise<Sample> {
  const folder = join(scratch, `routes-${size}`);
  mkdirSync(folder, { recursive: true });
  const gate = await startGate({
    scratch: folder,
    backendPort,
    serviceConfig: serviceConfig({ methods: Array.from({ length: size }, toMethod), policies: false }),
  });
  try {
    const paths = pathsOver(size);
    const shape = {
      url: `http://127.0.0.1:${gate.port}${paths[0]}`,
      morePaths: paths.slice(1),
      protocol: 'http/1.1' as const,
      connections,
      streamsPerConnection: 1,
      headers: [],
    };
    await warmUp(shape, folder);
    const before = cpuMicros(gate.pid);
    const saturated = await runLoad({ ...shape, seconds, rate: undefined }, folder);
    await delay(100);
    const cpu = cpuMicros(gate.pid) - before;
    if (saturated.failed > 0) throw new Error(`${saturated.failed} of ${saturated.requests} requests failed`);
    const requestsPerSecond = saturated.requests / seconds;
    const half = await runLoad({ ...shape, seconds, rate: requestsPerSecond / 2 }, folder);
    return {
      cpuMicrosPerRequest: cpu / saturated.requests,
      requestsPerSecond,
      p50Ms: half.p50Ms,
      p99Ms: half.p99Ms,
      residentMiB: await settledMiB(gate.pid),
    };
  } finally {
    await gate.stop();
  }
}

/** Templates as an API has them: collections of items with a sub-collection. */
function toMethod(_: unknown, index: number): BenchMethod {
  return { name: `route${index}`, verb: 'get', path: `/routes/collection${index}/items/{item}/parts/{part}` };
}

function pathsOver(size: number): string[] {
  const count = Math.min(size, maxPaths);
  return Array.from({ length: count }, (_, index) => {
    const route = Math.floor((index * size) / count);
    return `/routes/collection${route}/items/i${index}/parts/p${index}`;
  });
}
