import { Agent, get } from 'node:http';
import { serviceConfig } from '../service-config.ts';
import { benchApiKey, startServiceControlStandIn } from '../service-control-stand-in.ts';
import { startGate } from './gate.ts';
import { type Limit, rounded } from './limit.ts';
import { settledMiB } from './settle.ts';

/** What the check cache of a worker holds by default. */
const keys = 10_000;
const warmUpRequests = 5_000;
const lanes = 32;
const maxKibPerKey = 4;
const kibPerMib = 1024;

/** What a caller costs that is known: 10,000 API keys, each checked, counted against its quota and reported once. */
export const checkCache: Limit = {
  name: 'check-cache',
  async run({ scratch, backendPort }) {
    const standIn = await startServiceControlStandIn();
    const agent = new Agent({ keepAlive: true, maxSockets: lanes });
    try {
      const gate = await startGate({
        scratch,
        backendPort,
        serviceControlUrl: standIn.url,
        serviceConfig: serviceConfig({
          methods: [{ name: 'json', verb: 'get', path: '/json' }],
          policies: true,
        }),
      });
      try {
        const url = `http://127.0.0.1:${gate.port}/json?key=`;
        await askAll(warmUpRequests, () => `${url}${benchApiKey}`, agent);
        const beforeMiB = await settledMiB(gate.pid);
        await askAll(keys, (index) => `${url}${benchApiKey}-${index}`, agent);
        const afterMiB = await settledMiB(gate.pid);
        const kibPerKey = rounded(((afterMiB - beforeMiB) * kibPerMib) / keys);
        return {
          measurement: 'check-cache',
          keys,
          residentMiBBefore: rounded(beforeMiB),
          residentMiBAfter: rounded(afterMiB),
          residentKibPerKey: kibPerKey,
          aim: `at most ${maxKibPerKey} KiB for each known API key`,
          isMet: kibPerKey <= maxKibPerKey,
        };
      } finally {
        await gate.stop();
      }
    } finally {
      agent.destroy();
      await standIn.stop();
    }
  },
};

async function askAll(count: number, urlOf: (index: number) => string, agent: Agent): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < count) {
        const status = await statusOf(urlOf(next++), agent);
        if (status !== 200) throw new Error(`the proxy answered ${status}`);
      }
    }),
  );
}

function statusOf(url: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.on('error', reject);
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });
}
