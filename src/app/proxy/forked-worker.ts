import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { nodeFlags } from '../../core/node-flags.ts';
import type { AdminAnswer, AdminRequest } from '../../proxy/observe/admin-routes.ts';
import { plain } from '../../proxy/observe/admin-routes.ts';
import type { ProxySettings } from './settings/proxy-settings.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';
import type { Worker } from './worker.ts';

/** What a worker process tells its supervisor unasked. */
export interface ForkedWorkerEvents {
  readonly onRolloutId: (rolloutId: string) => void;
  readonly onDrainWanted: () => void;
}

/** A worker that could not start; the message says what to do. */
export class WorkerStartError extends Error {
  override readonly name: string = 'WorkerStartError';
}

const adminTimeoutMs = 2_000;
const defaultCloseTimeoutMs = 30_000;

/** Every member has a default. */
export interface ForkedWorkerOptions {
  /** The module that the process runs. Default `worker-process.ts`. */
  readonly program?: string;
  /** Milliseconds to close, after those that the settings give a drain; then it hangs, and is killed. Default 30 s. */
  readonly closeTimeoutMs?: number;
}

/** A worker in a process of its own. */
export class ForkedWorker implements Worker {
  ports: readonly number[] = [];
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #events: ForkedWorkerEvents;
  readonly #closeTimeoutMs: number;
  readonly #asked = new Map<number, (answer: AdminAnswer) => void>();
  #questions = 0;
  #drainMs = 0;
  #onStarted: (problem: string | undefined) => void = () => undefined;

  constructor(events: ForkedWorkerEvents, options: ForkedWorkerOptions = {}) {
    this.#events = events;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? defaultCloseTimeoutMs;
    const program = options.program ?? join(import.meta.dirname, 'worker-process.ts');
    this.#child = fork(program, { serialization: 'advanced', execArgv: [...nodeFlags] });
    this.#child.on('message', (message) => this.#hear(message as FromWorker));
    this.#child.on('error', (error) => this.#onStarted(error.message));
    this.ended = new Promise((resolve) => void this.#child.once('exit', () => resolve()));
    void this.ended.then(() => this.#onStarted('the worker process ended while it started'));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Rejects with WorkerStartError. */
  async start(settings: ProxySettings): Promise<void> {
    const { drainDelayMs, drainTimeoutMs } = settings.process;
    this.#drainMs = drainDelayMs + drainTimeoutMs;
    const problem = await new Promise<string | undefined>((resolve) => {
      this.#onStarted = resolve;
      this.#say({ kind: 'start', settings });
    });
    if (problem !== undefined) throw new WorkerStartError(problem);
  }

  /** A worker that does not answer in time is told so in its place. */
  answerAdmin(request: AdminRequest): Promise<AdminAnswer> {
    const id = this.#questions++;
    return new Promise((resolve) => {
      const settle = (answer: AdminAnswer): void => {
        clearTimeout(timer);
        this.#asked.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(
        () => settle(plain(504, `worker ${this.pid} does not answer\n`)),
        adminTimeoutMs,
      );
      this.#asked.set(id, settle);
      this.#say({ kind: 'admin', id, request });
    });
  }

  notice(rolloutId: string): void {
    this.#say({ kind: 'notice', rolloutId });
  }

  reload(): void {
    this.#say({ kind: 'reload' });
  }

  reopenLogs(): void {
    this.#say({ kind: 'reopenLogs' });
  }

  async drain(): Promise<void> {
    this.#say({ kind: 'drain' });
    await this.#endWithin(this.#drainMs + this.#closeTimeoutMs);
  }

  async close(): Promise<void> {
    this.#say({ kind: 'close' });
    await this.#endWithin(this.#closeTimeoutMs);
  }

  /** A process that does not end by itself would hold its share of the port for ever. */
  async #endWithin(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), timeoutMs);
    await this.ended;
    clearTimeout(timer);
  }

  #say(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message);
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'serving':
        this.ports = message.ports;
        return this.#onStarted(undefined);
      case 'failed':
        return this.#onStarted(message.problem);
      case 'noticed':
        return this.#events.onRolloutId(message.rolloutId);
      case 'drainWanted':
        return this.#events.onDrainWanted();
      case 'admin':
        return this.#asked.get(message.id)?.(message.answer);
      default:
        return message satisfies never;
    }
  }
}
