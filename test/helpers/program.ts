import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');
const defaultWaitMs = 20_000;
const maxKeptLines = 5_000;

/** What a finished program left behind. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of the product as a child process, with its lines at hand. Ended by its own pid, never by name. */
export class Program {
  readonly child: ChildProcess;
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly #finished: Promise<Finished>;
  readonly #waiters = new Set<() => void>();

  private constructor(child: ChildProcess) {
    this.child = child;
    this.#collect(child.stdout, this.stdout);
    this.#collect(child.stderr, this.stderr);
    this.#finished = once(child, 'close').then(() => {
      for (const waiter of this.#waiters) waiter();
      return {
        code: child.exitCode,
        signal: child.signalCode,
        stdout: this.stdout.join('\n'),
        stderr: this.stderr.join('\n'),
      };
    });
  }

  /** Starts `gatehouse …args`. */
  static gatehouse(
    args: readonly string[],
    options: { env?: Record<string, string>; cwd?: string } = {},
  ): Program {
    return Program.node([join(root, 'src/main.ts'), ...args], options);
  }

  /** Starts `node …args`. */
  static node(
    args: readonly string[],
    options: { env?: Record<string, string>; cwd?: string } = {},
  ): Program {
    const env = { ...process.env, NO_COLOR: '1', ...options.env };
    return new Program(
      spawn(process.execPath, args, { env, cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  /** Runs `gatehouse …args` to its end. */
  static async run(
    args: readonly string[],
    options: { env?: Record<string, string>; cwd?: string } = {},
  ): Promise<Finished> {
    return await Program.gatehouse(args, options).finished();
  }

  get pid(): number {
    return this.child.pid as number;
  }

  finished(): Promise<Finished> {
    return this.#finished;
  }

  /** The first line of either output that matches; fails when the program ends or the time is up before it comes. */
  async waitForLine(pattern: RegExp, waitMs: number = defaultWaitMs): Promise<string> {
    const deadline = AbortSignal.timeout(waitMs);
    for (;;) {
      const line = [...this.stdout, ...this.stderr].find((text) => pattern.test(text));
      if (line !== undefined) return line;
      if (this.child.exitCode !== null || deadline.aborted)
        throw new Error(
          `no line like ${pattern}; the program said:\n${[...this.stdout, ...this.stderr].join('\n')}`,
        );
      await this.#nextLine(deadline);
    }
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return await this.#finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
  }

  #collect(stream: NodeJS.ReadableStream | null, lines: string[]): void {
    if (stream === null) return;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > maxKeptLines) lines.shift();
      for (const waiter of this.#waiters) waiter();
    });
  }

  #nextLine(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiters.delete(done);
        deadline.removeEventListener('abort', done);
        resolve();
      };
      this.#waiters.add(done);
      deadline.addEventListener('abort', done);
    });
  }
}
