// Runs a fuzz target: `node test/fuzz/main.ts [--target=http1|http2] [--runs=N] [--seed=N]`. Prints one line of JSON every
// few seconds and one at the end; stops with exit code 1 at the first counterexample, which it prints.
import { parseArgs } from 'node:util';
import type { FuzzTarget } from './target.ts';
import { fuzzHttp1 } from './http1.ts';
import { fuzzHttp2 } from './http2.ts';

const targets: Readonly<Record<string, FuzzTarget>> = { http1: fuzzHttp1, http2: fuzzHttp2 };

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: 'http1' },
    runs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() >>> 0) },
  },
});
const target = targets[values.target];
const runs = Number(values.runs);
const seed = Number(values.seed);
if (target === undefined || !Number.isSafeInteger(runs) || runs <= 0 || !Number.isSafeInteger(seed)) {
  console.error(`targets: ${Object.keys(targets).join(', ')}; --runs and --seed are whole numbers`);
  process.exit(2);
}
const startedMs = performance.now();
const report = (fields: object): void => {
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  console.log(JSON.stringify({ target: values.target, seed, seconds, ...fields }));
};
try {
  report({ ...(await target({ runs, seed, onProgress: report })), result: 'ok' });
} catch (error) {
  report({ result: 'failed' });
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
