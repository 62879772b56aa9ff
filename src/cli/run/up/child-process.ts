import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage } from '../../../core/errors.ts';
import type { Closeable } from '../../../core/lifecycle.ts';
import { nodeFlags } from '../../../core/node-flags.ts';
import { CliError, exitCodes, interrupted } from '../../cli-error.ts';

const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;
/** Ends the program when `up` is gone, however it went. */
const childMain = join(import.meta.dirname, 'child-main.ts');

/** A Node program to start. */
export interface ChildPlan {
  /** For messages. */
  readonly name: string;
  /** Its main module. */
  readonly file: string;
  /** A module to load while its arguments are not known yet; has no effects of its own. */
  readonly preload: string;
  /** Recognises the line that says it is ready. */
  readonly isReady: (line: string) => boolean;
  /** Gets every line that it prints. */
  readonly onLine: (line: string) => void;
  /** Aborts the start. */
  readonly signal: AbortSignal;
}

/** A Node program that belongs to `up`: started with it, ended with it. */
export interface Child extends Closeable {
  /** The line that said it was ready. */
  readonly readyLine: string;
  /** Resolves with what it said last when it ends by itself. */
  readonly ended: Promise<string>;
}

/** A program that is being loaded, and does nothing before it is told its arguments. */
export interface PreparedChild extends Closeable {
  /**
   * Runs it and waits until it is ready. Rejects with what it said when it ends before, and when it takes too long or
   * is not wanted any more; it does not run then.
   */
  start(args: readonly string[]): Promise<Child>;
}

/** Begins to load a program, so that it starts at once when all that it must know is known. */
export function prepareChild(plan: ChildPlan): PreparedChild {
  if (plan.signal.aborted) throw interrupted();
  // In a process group of its own: Ctrl-C reaches `up` alone, which ends its children in order and once.
  const child = spawn(process.execPath, [...nodeFlags, childMain, plan.file, plan.preload], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const { ready, lastLine } = readLines(child, plan);
  const ended = once(child, 'close').then(lastLine, errorMessage);
  const failed = ended.then((line) => {
    throw new CliError(line.replace(/^gatehouse proxy: /, ''), { exitCode: exitCodes.usage });
  });
  // It may fail before anybody waits, or when another has won.
  failed.catch(() => undefined);
  return {
    close: () => stop(child),
    async start(args) {
      const settled = new AbortController();
      try {
        if (child.connected) child.send(args);
        const readyLine = await Promise.race([ready, failed, giveUp(plan, settled.signal)]);
        return { readyLine, ended, close: () => stop(child) };
      } catch (error) {
        await stop(child);
        throw error;
      } finally {
        settled.abort();
      }
    },
  };
}

/** Hands on what the program prints. `ready` resolves with the first line that says so. */
function readLines(
  child: ChildProcess,
  { isReady, onLine }: ChildPlan,
): { readonly ready: Promise<string>; readonly lastLine: () => string } {
  let last = 'it said nothing';
  const ready = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null)
        createInterface({ input: stream }).on('line', (line) => {
          last = line;
          onLine(line);
          if (isReady(line)) resolve(line);
        });
  });
  return { ready, lastLine: () => last };
}

/** Rejects when the start takes too long or is interrupted. */
async function giveUp({ name, signal }: ChildPlan, settled: AbortSignal): Promise<never> {
  try {
    await delay(startTimeoutMs, undefined, { signal: AbortSignal.any([signal, settled]) });
  } catch (error) {
    throw interrupted(error);
  }
  throw new CliError(`the ${name} was not ready within ${startTimeoutMs} ms`);
}

async function stop(child: ChildProcess): Promise<void> {
  const hasEnded = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (hasEnded) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(timer);
}
