import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endWithUs, loadCore, pinned, stopChild } from '../processes.ts';

/** A program of `programs/`, beside the load on its core, that talks in lines. */
export class HelperProgram implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #waiting: (() => void) | undefined;
  #isClosed = false;

  constructor(name: string, args: readonly (string | number)[]) {
    const script = join(import.meta.dirname, 'programs', `${name}.ts`);
    const [file, ...rest] = pinned([process.execPath, script, ...args.map(String)], loadCore);
    this.#child = spawn(file as string, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    endWithUs(this.#child);
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.#lines.push(line);
      this.#waiting?.();
    });
    void once(this.#child, 'close').then(() => {
      this.#isClosed = true;
      this.#waiting?.();
    });
  }

  /** The next line; rejects when the program ends without one or takes longer than `waitMs`. */
  async line(waitMs: number): Promise<string> {
    const deadlineMs = Date.now() + waitMs;
    while (this.#lines.length === 0) {
      const leftMs = deadlineMs - Date.now();
      if (this.#isClosed || leftMs <= 0)
        throw new Error(this.#isClosed ? 'a helper ended early' : `a helper said nothing for ${waitMs} ms`);
      await this.#nextEvent(leftMs);
    }
    return this.#lines.shift() as string;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stopChild(this.#child);
  }

  #nextEvent(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#waiting = () => {
        clearTimeout(timer);
        this.#waiting = undefined;
        resolve();
      };
    });
  }
}
