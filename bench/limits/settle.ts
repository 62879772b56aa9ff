import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { residentSetMiB } from '../processes.ts';

const collector = join(import.meta.dirname, 'programs/collect-on-signal.ts');
const collections = 3;
const stepMs = 400;
const maxSteps = 25;
/** Two readings as close as this are the same. */
const steadyMiB = 0.25;

/** Environment of a program that `settledMiB` can be asked about. */
export const settleable: NodeJS.ProcessEnv = { NODE_OPTIONS: `--import=${collector}` };

/** Resident memory of one settleable process, in MiB, once its garbage is collected and it stands still, at most 10 s. */
export async function settledMiB(pid: number): Promise<number> {
  for (let done = 0; done < collections; done++) {
    process.kill(pid, 'SIGUSR2');
    await delay(stepMs);
  }
  let last = residentSetMiB(pid);
  for (let step = 0; step < maxSteps; step++) {
    await delay(stepMs);
    const now = residentSetMiB(pid);
    if (Math.abs(now - last) < steadyMiB) return now;
    last = now;
  }
  return last;
}
