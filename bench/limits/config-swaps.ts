import { renameSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceConfig } from '../service-config.ts';
import { CheckedLoad } from './checked-load.ts';
import { type Gate, startGate } from './gate.ts';
import { type Limit, rounded } from './limit.ts';
import { settledMiB } from './settle.ts';

const swaps = 1_000;
const swapsBeforeFirstLook = 100;
const routes = 50;
const connections = 8;
const pollMs = 1;
const swapWaitMs = 5_000;
/** What the collector and the allocator leave lying about; 900 configs kept would be far more. */
const maxGrowthMiB = 6;

/**
 * New configs under load, by SIGHUP and a rewritten file. Each config has a route that no other one has, and the next
 * swap begins when the proxy serves it: every swap is seen from outside.
 */
export const configSwaps: Limit = {
  name: 'config-swaps',
  async run({ scratch, backendPort }) {
    const gate = await startGate({ scratch, backendPort, serviceConfig: config(0) });
    const wanted = await (await fetch(`http://127.0.0.1:${backendPort}/json`)).text();
    const load = new CheckedLoad(`http://127.0.0.1:${gate.port}/json`, wanted, connections);
    try {
      const startedMs = performance.now();
      for (let swap = 1; swap <= swapsBeforeFirstLook; swap++) await swapTo(swap, gate);
      const firstMiB = await settledMiB(gate.pid);
      const resumedMs = performance.now();
      for (let swap = swapsBeforeFirstLook + 1; swap <= swaps; swap++) await swapTo(swap, gate);
      const swapMs = (performance.now() - resumedMs) / (swaps - swapsBeforeFirstLook);
      const lastMiB = await settledMiB(gate.pid);
      await load.stop();
      const growthMiB = lastMiB - firstMiB;
      if (load.failed > 0) console.error(`bench: config-swaps: ${load.failures.join('; ')}`);
      return {
        measurement: 'config-swaps',
        swaps,
        routesPerConfig: routes + 2,
        requests: load.requests,
        failedRequests: load.failed,
        millisecondsPerSwap: rounded(swapMs),
        totalSeconds: rounded((performance.now() - startedMs) / 1000),
        residentMiBAfter100: rounded(firstMiB),
        residentMiBAfter1000: rounded(lastMiB),
        growthMiB: rounded(growthMiB),
        aim: `no failed request, and at most ${maxGrowthMiB} MiB more after ${swaps} swaps than after ${swapsBeforeFirstLook}`,
        isMet: load.failed === 0 && growthMiB <= maxGrowthMiB,
      };
    } finally {
      await load.stop();
      await gate.stop();
    }
  },
};

function config(swap: number): object {
  const own = { name: `swap${swap}`, verb: 'get' as const, path: `/routes/swap/${swap}` };
  const others = Array.from({ length: routes }, (_, index) => ({
    name: `route${index}`,
    verb: 'get' as const,
    path: `/routes/${index}/items/{item}`,
  }));
  const json = { name: 'json', verb: 'get' as const, path: '/json' };
  return serviceConfig({ methods: [json, own, ...others], id: `bench-${swap}`, policies: false });
}

async function swapTo(swap: number, gate: Gate): Promise<void> {
  // Renamed into place: the proxy never reads half a file.
  const next = `${gate.configFile}.next`;
  writeFileSync(next, JSON.stringify(config(swap)));
  renameSync(next, gate.configFile);
  process.kill(gate.pid, 'SIGHUP');
  const deadlineMs = performance.now() + swapWaitMs;
  while ((await statusOf(`http://127.0.0.1:${gate.port}/routes/swap/${swap}`)) !== 200) {
    if (performance.now() > deadlineMs)
      throw new Error(`config ${swap} is not served after ${swapWaitMs} ms`);
    await delay(pollMs);
  }
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });
}
