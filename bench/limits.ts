// `npm run bench:limits -- [--format=text|json] [--only=a,b]`
//
// What Gatehouse promises about itself, apart from the comparison with peers: one measurement after the other, each with
// its own processes. A missed aim is told, not punished: the exit code says whether everything could be measured.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBackend } from './backend.ts';
import { choose } from './choose.ts';
import { bodyDownload, bodyUpload } from './limits/bodies.ts';
import { checkCache } from './limits/check-cache.ts';
import { configSwaps } from './limits/config-swaps.ts';
import { idleConnections } from './limits/idle-connections.ts';
import type { Limit, LimitResult } from './limits/limit.ts';
import { ready } from './limits/ready.ts';
import { routes } from './limits/routes.ts';
import { workers } from './limits/workers.ts';
import { findProgram } from './processes.ts';

const limits: readonly Limit[] = [
  workers,
  idleConnections,
  bodyUpload,
  bodyDownload,
  ready,
  configSwaps,
  routes,
  checkCache,
];

const { values } = parseArgs({
  options: {
    format: { type: 'string', default: 'text' },
    only: { type: 'string', default: limits.map((limit) => limit.name).join(',') },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  if (findProgram('h2load') === undefined) {
    console.error('bench: h2load makes the load and is not on PATH; install it (Debian: nghttp2-client)');
    return 2;
  }
  const chosen = choose(limits, values.only, 'measurement');
  const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-limits-'));
  // Also when a signal ends us.
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const backend = await startBackend(scratch);
  let failures = 0;
  try {
    for (const limit of chosen) {
      const folder = join(scratch, limit.name);
      mkdirSync(folder);
      try {
        print(await limit.run({ scratch: folder, backendPort: backend.port }));
      } catch (error) {
        failures++;
        console.error(`bench: ${limit.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await backend.stop();
  }
  return failures === 0 ? 0 : 1;
}

function print(result: LimitResult): void {
  if (values.format === 'json') {
    console.log(JSON.stringify(result));
    return;
  }
  const { measurement, aim, isMet, ...figures } = result;
  console.log(`${measurement}: ${isMet ? 'met' : 'MISSED'} (${aim})`);
  for (const [name, figure] of Object.entries(figures)) console.log(`  ${name.padEnd(32)} ${String(figure)}`);
}
