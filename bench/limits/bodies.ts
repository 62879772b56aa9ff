import { performance } from 'node:perf_hooks';
import { freePort } from '../../test/helpers/ports.ts';
import { residentSetMiB } from '../processes.ts';
import { serviceConfig } from '../service-config.ts';
import { type Gate, startGate } from './gate.ts';
import { HelperProgram } from './helper-program.ts';
import { type Limit, type LimitContext, type LimitResult, rounded } from './limit.ts';
import { settledMiB } from './settle.ts';

const mib = 1024 * 1024;
const bodyBytes = 1024 * mib;
const warmUpBytes = mib;
const warmUps = 5;
/** The receiving end does not read for this long, so that a proxy without back-pressure would have to hold what comes. */
const pauseMs = 1_000;
const sampleMs = 50;
const transferWaitMs = 180_000;
const maxAddedMiB = 32;

type Direction = 'upload' | 'download';

/** A body of 1 GiB from client to backend. */
export const bodyUpload: Limit = {
  name: 'body-upload',
  run: (context) => measure(context, 'upload'),
};

/** A body of 1 GiB from backend to client. */
export const bodyDownload: Limit = {
  name: 'body-download',
  run: (context) => measure(context, 'download'),
};

async function measure(context: LimitContext, direction: Direction): Promise<LimitResult> {
  const backendPort = await freePort();
  await using backend = new HelperProgram('body-backend', [backendPort, bodyBytes, pauseMs]);
  await backend.line(pauseMs * 10);
  const gate = await startGate({ ...context, backendPort, serviceConfig: api });
  try {
    // Uploads, whose size the client chooses, bring the code that both directions need.
    for (let done = 0; done < warmUps; done++) await transfer(gate, 'upload', warmUpBytes);
    const beforeMiB = await settledMiB(gate.pid);
    const { peakMiB, mibPerSecond } = await transferWatched(gate, direction);
    return {
      measurement: `body-${direction}`,
      bodyMiB: bodyBytes / mib,
      residentMiBBefore: rounded(beforeMiB),
      residentMiBPeak: rounded(peakMiB),
      addedMiB: rounded(peakMiB - beforeMiB),
      mibPerSecond: rounded(mibPerSecond),
      aim: `a body of 1 GiB adds less than ${maxAddedMiB} MiB`,
      isMet: peakMiB - beforeMiB < maxAddedMiB,
    };
  } finally {
    await gate.stop();
  }
}

const api = serviceConfig({
  methods: [
    { name: 'upload', verb: 'post', path: '/upload' },
    { name: 'download', verb: 'get', path: '/download' },
  ],
  policies: false,
});

/** One whole body, and the largest resident size of the proxy meanwhile. */
async function transferWatched(
  gate: Gate,
  direction: Direction,
): Promise<{ readonly peakMiB: number; readonly mibPerSecond: number }> {
  let peakMiB = 0;
  const timer = setInterval(() => (peakMiB = Math.max(peakMiB, residentSetMiB(gate.pid))), sampleMs);
  const startedMs = performance.now();
  try {
    const received = await transfer(gate, direction, bodyBytes);
    if (received !== bodyBytes) throw new Error(`${received} of ${bodyBytes} bytes arrived`);
  } finally {
    clearInterval(timer);
  }
  const seconds = (performance.now() - startedMs - pauseMs) / 1000;
  return { peakMiB, mibPerSecond: bodyBytes / mib / seconds };
}

/** The bytes that arrived. */
async function transfer(gate: Gate, direction: Direction, bytes: number): Promise<number> {
  await using client = new HelperProgram('body-client', [direction, gate.port, bytes, pauseMs]);
  return Number(await client.line(transferWaitMs));
}
