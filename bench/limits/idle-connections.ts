import { readFileSync } from 'node:fs';
import { runLoad } from '../load.ts';
import { residentSetMiB } from '../processes.ts';
import { serviceConfig } from '../service-config.ts';
import { startGate } from './gate.ts';
import { HelperProgram } from './helper-program.ts';
import { type Limit, rounded } from './limit.ts';
import { settledMiB } from './settle.ts';

const wanted = 10_000;
/** Files that a process needs besides its client connections: upstreams, logs, what Node opens. */
const spareFiles = 500;
const maxKibPerConnection = 15;
const kibPerMib = 1024;
const openWaitMs = 60_000;

/** What a client costs that keeps its connection and says nothing. Every connection has made one request before. */
export const idleConnections: Limit = {
  name: 'idle-connections',
  async run({ scratch, backendPort }) {
    const count = Math.min(wanted, openFileLimit() - spareFiles);
    if (count < wanted)
      console.error(
        `bench: idle-connections: ${count} instead of ${wanted}, for the limit of open files; raise it with ulimit -Hn`,
      );
    const gate = await startGate({
      scratch,
      backendPort,
      serviceConfig: serviceConfig({
        methods: [{ name: 'json', verb: 'get', path: '/json' }],
        policies: false,
      }),
    });
    try {
      await warmUp(gate.port, scratch);
      const beforeMiB = await settledMiB(gate.pid);
      await using clients = new HelperProgram('idle-clients', [gate.port, count]);
      const open = Number((await clients.line(openWaitMs)).replace('open ', ''));
      if (open !== count) throw new Error(`${open} of ${count} connections were answered and kept`);
      const atOnceMiB = residentSetMiB(gate.pid);
      const afterMiB = await settledMiB(gate.pid);
      const perConnection = (mib: number): number => rounded(((mib - beforeMiB) * kibPerMib) / count);
      return {
        measurement: 'idle-connections',
        connections: count,
        residentMiBBefore: rounded(beforeMiB),
        residentMiBAfter: rounded(afterMiB),
        residentKibPerConnection: perConnection(afterMiB),
        uncollectedKibPerConnection: perConnection(atOnceMiB),
        aim: `at most ${maxKibPerConnection} KiB resident for each idle connection`,
        isMet: perConnection(afterMiB) <= maxKibPerConnection,
      };
    } finally {
      await gate.stop();
    }
  },
};

/** So that compiled code and warm pools are in the figure before. */
async function warmUp(port: number, scratch: string): Promise<void> {
  const shape = {
    protocol: 'http/1.1' as const,
    connections: 64,
    streamsPerConnection: 1,
    headers: [],
    seconds: 2,
  };
  await runLoad({ ...shape, url: `http://127.0.0.1:${port}/json`, rate: undefined }, scratch);
}

/** Node raises its own limit to the hard one as it starts. */
function openFileLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1] ?? '';
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}
