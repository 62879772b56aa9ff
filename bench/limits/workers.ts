import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareGatehouse } from '../gatehouse-process.ts';
import { runLoad, warmUp } from '../load.ts';
import { cpuMicros, processTree, startProgram } from '../processes.ts';
import { serviceConfig } from '../service-config.ts';
import { type Limit, type LimitContext, median, rounded } from './limit.ts';

const rounds = 3;
const seconds = 8;
const connections = 128;
const maxRatio = 1.1;

/** What a second worker costs, and whether the kernel gives both the same to do. */
export const workers: Limit = {
  name: 'workers',
  async run(context) {
    const ratios: number[] = [];
    const ones: Sample[] = [];
    const twos: Sample[] = [];
    // One after the other in each round, so that a ratio compares runs that stood seconds apart.
    for (let round = 0; round < rounds; round++) {
      const one = await sample(context, 1);
      const two = await sample(context, 2);
      ones.push(one);
      twos.push(two);
      ratios.push(two.cpuMicrosPerRequest / one.cpuMicrosPerRequest);
    }
    const ratio = rounded(median(ratios));
    return {
      measurement: 'workers',
      connections,
      cpuMicrosPerRequestWith1: rounded(median(ones.map((each) => each.cpuMicrosPerRequest))),
      cpuMicrosPerRequestWith2: rounded(median(twos.map((each) => each.cpuMicrosPerRequest))),
      requestsPerSecondWith1: rounded(median(ones.map((each) => each.requestsPerSecond))),
      requestsPerSecondWith2: rounded(median(twos.map((each) => each.requestsPerSecond))),
      cpuRatio: ratio,
      smallestWorkerShare: rounded(median(twos.map((each) => each.smallestShare))),
      aim: `CPU per request with 2 workers <= ${maxRatio} of that with 1`,
      isMet: ratio <= maxRatio,
    };
  },
};

interface Sample {
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
  /** CPU of the less busy worker over that of all workers. */
  readonly smallestShare: number;
}

/** At saturation; no worker is bound to a core, whether there are one or two. */
async function sample({ scratch, backendPort }: LimitContext, count: 1 | 2): Promise<Sample> {
  const folder = join(scratch, `workers-${count}`);
  mkdirSync(folder, { recursive: true });
  const { command, port } = await prepareGatehouse({
    scratch: folder,
    backendPort,
    serviceConfig: serviceConfig({
      methods: [{ name: 'json', verb: 'get', path: '/json' }],
      policies: false,
    }),
    flags: [`--worker_processes=${count}`],
  });
  const running = await startProgram(command, { port });
  try {
    const shape = {
      url: `http://127.0.0.1:${port}/json`,
      protocol: 'http/1.1' as const,
      connections,
      streamsPerConnection: 1,
      headers: [],
    };
    await warmUp(shape, folder);
    const members = processTree(running.pid).filter((pid) => count === 1 || pid !== running.pid);
    const before = members.map(cpuMicros);
    const load = await runLoad({ ...shape, seconds, rate: undefined }, folder);
    await delay(100);
    const spent = members.map((pid, index) => cpuMicros(pid) - (before[index] ?? 0));
    if (load.failed > 0) throw new Error(`${load.failed} of ${load.requests} requests failed`);
    if (members.length !== count) throw new Error(`${members.length} workers instead of ${count}`);
    const total = spent.reduce((sum, micros) => sum + micros, 0);
    return {
      cpuMicrosPerRequest: total / load.requests,
      requestsPerSecond: load.requests / load.seconds,
      smallestShare: Math.min(...spent) / total,
    };
  } finally {
    await running.stop();
  }
}
