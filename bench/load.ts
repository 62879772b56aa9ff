import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endWithUs, loadCore, pinned } from './processes.ts';

/** How one case is loaded. */
export interface LoadShape {
  readonly url: string;
  /** Paths that each connection asks for after it, one after the other, and then again from `url` on. */
  readonly morePaths?: readonly string[];
  readonly protocol: 'http/1.1' | 'h2';
  readonly connections: number;
  readonly streamsPerConnection: number;
  readonly headers: readonly string[];
  readonly seconds: number;
  /** Requests a second over all connections; undefined: as many as go. */
  readonly rate: number | undefined;
}

export interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** Runs h2load once. Every request is logged, so that the percentiles are exact. Throws when none succeeded. */
export async function runLoad(shape: LoadShape, scratch: string): Promise<LoadResult> {
  const logFile = join(scratch, 'h2load.tsv');
  rmSync(logFile, { force: true });
  const args = [
    '-c',
    String(shape.connections),
    '-m',
    String(shape.streamsPerConnection),
    '-D',
    String(shape.seconds),
    `--log-file=${logFile}`,
    ...(shape.protocol === 'http/1.1' ? ['--h1'] : []),
    ...(shape.rate === undefined ? [] : [`--rps=${Math.max(1, Math.round(shape.rate / shape.connections))}`]),
    ...shape.headers.flatMap((header) => ['-H', header]),
    shape.url,
    ...(shape.morePaths ?? []).map((path) => new URL(path, shape.url).href),
  ];
  const [file, ...fileArgs] = pinned(['h2load', ...args], loadCore);
  const child = spawn(file as string, fileArgs, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithUs(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  const latencies = readLatencies(logFile);
  const failed =
    Number(/(\d+) failed/.exec(output)?.[1] ?? 0) +
    Number(/(\d+) 5xx/.exec(output)?.[1] ?? 0) +
    Number(/(\d+) 4xx/.exec(output)?.[1] ?? 0);
  if (latencies.length === 0) throw new Error(`no request succeeded on ${shape.url}: ${output.slice(-400)}`);
  return {
    requests: latencies.length,
    failed,
    seconds: shape.seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    p999Ms: percentile(latencies, 0.999),
  };
}

/**
 * Two loads, until what is hot is compiled: the second one's connections show V8 what the first one's had not, and what it
 * compiles anew for them would count.
 */
const warmUpSeconds = [8, 4];

/** Loads a proxy until it costs what it will go on costing. */
export async function warmUp(shape: Omit<LoadShape, 'seconds' | 'rate'>, scratch: string): Promise<void> {
  for (const seconds of warmUpSeconds) await runLoad({ ...shape, seconds, rate: undefined }, scratch);
}

/** Milliseconds of every answered request, sorted. */
function readLatencies(logFile: string): Float64Array {
  const lines = readFileSync(logFile, 'latin1').split('\n');
  const millis = new Float64Array(lines.length);
  let count = 0;
  for (const line of lines) {
    const [, status, micros] = line.split('\t');
    if (status !== undefined && status.startsWith('2')) millis[count++] = Number(micros) / 1000;
  }
  return millis.subarray(0, count).sort();
}

function percentile(sorted: Float64Array, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
