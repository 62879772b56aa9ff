import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Closeable } from '../../../core/lifecycle.ts';
import { CliError } from '../../cli-error.ts';

const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;
/** Lines kept for the message when a child fails. */
const maxKeptLines = 20;

/** A Node program that belongs to `up`: started with it, ended with it. */
export interface Child extends Closeable {
  /** The line that said it was ready. */
  readonly readyLine: string;
  /** Resolves with what it said last when it ends by itself. */
  readonly ended: Promise<string>;
}

/**
 * Starts `node …args` and waits for a line that says it is ready. Rejects with what the program said when it ends
 * before. `onLine` gets every line it prints.
 */
export async function startChild(
  args: readonly string[],
  isReady: (line: string) => boolean,
  onLine: (line: string) => void,
): Promise<Child> {
  const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const last: string[] = [];
  const ready = new Promise<string>((resolve) => {
    for (const stream of [process_.stdout, process_.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        last.push(line);
        if (last.length > maxKeptLines) last.shift();
        onLine(line);
        if (isReady(line)) resolve(line);
      });
    }
  });
  const ended = once(process_, 'close').then(() => last.at(-1) ?? 'it said nothing');
  const failed = ended.then((line) =>
    Promise.reject(new CliError(line.replace(/^gatehouse proxy: /, ''), { exitCode: 2 })),
  );
  failed.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new CliError(`${args[0]} was not ready within ${startTimeoutMs} ms`)),
      startTimeoutMs,
    );
  });
  try {
    const readyLine = await Promise.race([ready, failed, late]);
    return { readyLine, ended, close: () => stop(process_) };
  } catch (error) {
    await stop(process_);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(timer);
}
