import type { Clock } from '../../core/clock.ts';
import { systemErrorCode } from '../../core/errors.ts';
import type { Closeable } from '../../core/lifecycle.ts';
import type { AdminAnswer, AdminRequest } from '../../proxy/observe/admin-routes.ts';
import { type AdminServer, createAdminServer } from '../../proxy/observe/admin-server.ts';
import { mergeAdminAnswers } from '../../proxy/observe/merge-admin-answers.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { describeMachine } from './describe-machine.ts';
import { ForkedWorker } from './forked-worker.ts';
import { ProxyWorker } from './proxy-worker.ts';
import type { ProxySettings } from './settings/proxy-settings.ts';
import type { Worker } from './worker.ts';

export interface ProxyDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: (name: string) => string | undefined;
}

/** A proxy that serves. */
export interface RunningProxy extends Closeable {
  readonly ports: readonly number[];
  readonly adminPort: number | undefined;
  /** Resolves when the proxy has drained and closed, for whatever reason. */
  readonly finished: Promise<void>;
  /** Looks for a new config and opens log files anew. */
  reload(): void;
  reopenLogs(): void;
  /** Stops taking requests after the drain delay, finishes those in flight, then closes. Idempotent. */
  drain(): Promise<void>;
}

/**
 * Starts a proxy: its workers fetch their config, then listen. Rejects with ConfigError, WorkerStartError, or the
 * system's error for a port that cannot be had; nothing is left open then.
 */
export async function startProxy(settings: ProxySettings, deps: ProxyDeps): Promise<RunningProxy> {
  const proxy = new SupervisedProxy(await describeMachine(settings, deps), deps);
  try {
    await proxy.start();
    return proxy;
  } catch (error) {
    await proxy.close();
    throw error;
  }
}

const firstRestartDelayMs = 100;
const maxRestartDelayMs = 5_000;

/** The workers of a proxy: one in this process, or several in their own, each replaced when it dies. */
class SupervisedProxy implements RunningProxy {
  readonly finished: Promise<void>;
  ports: readonly number[] = [];
  readonly #settings: ProxySettings;
  readonly #deps: ProxyDeps;
  readonly #workers = new Set<Worker>();
  #admin: AdminServer | undefined;
  #isStopping = false;
  #finish: () => void = () => undefined;
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: ProxySettings, deps: ProxyDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.finished = new Promise((resolve) => (this.#finish = resolve));
  }

  get adminPort(): number | undefined {
    return this.#admin?.port;
  }

  async start(): Promise<void> {
    const { workers } = this.#settings.process;
    const first = workers === 1 ? await this.#startHere() : await this.#fork(this.#settings);
    this.ports = first.ports;
    // The others share the ports that the first one got.
    await Promise.all(Array.from({ length: workers - 1 }, () => this.#fork(this.#settingsWithPorts())));
    this.#admin = await this.#startAdminOrWarn();
    this.#deps.logger.info({ ports: this.ports, adminPort: this.adminPort, workers }, 'serving');
  }

  reload(): void {
    for (const worker of this.#workers) worker.reload();
  }

  reopenLogs(): void {
    for (const worker of this.#workers) worker.reopenLogs();
  }

  drain(): Promise<void> {
    this.#draining ??= this.#drainAndClose();
    return this.#draining;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #drainAndClose(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#workers].map((worker) => worker.drain()));
    await this.close();
  }

  async #close(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#workers].map((worker) => worker.close()));
    await this.#admin?.close();
    this.#finish();
  }

  async #startHere(): Promise<Worker> {
    const worker = new ProxyWorker(this.#settings, {
      ...this.#deps,
      onRolloutId: () => undefined,
      onDrainWanted: () => void this.drain(),
    });
    this.#workers.add(worker);
    await worker.start();
    return worker;
  }

  async #fork(settings: ProxySettings): Promise<Worker> {
    const worker = new ForkedWorker({
      onRolloutId: (rolloutId) => this.#tellOthers(worker, rolloutId),
      onDrainWanted: () => void this.drain(),
    });
    this.#workers.add(worker);
    try {
      await worker.start(settings);
    } catch (error) {
      this.#workers.delete(worker);
      throw error;
    }
    void worker.ended.then(() => this.#replace(worker));
    return worker;
  }

  async #replace(dead: ForkedWorker): Promise<void> {
    this.#workers.delete(dead);
    for (
      let delayMs = firstRestartDelayMs;
      !this.#isStopping;
      delayMs = Math.min(delayMs * 2, maxRestartDelayMs)
    ) {
      this.#deps.logger.error({ pid: dead.pid, delayMs }, 'worker died, starting another');
      await new Promise<void>((resolve) => void this.#deps.clock.setTimer(delayMs, resolve));
      if (this.#isStopping) return;
      try {
        await this.#fork(this.#settingsWithPorts());
        return;
      } catch (error) {
        this.#deps.logger.error({ error }, 'worker could not be started');
      }
    }
  }

  #tellOthers(speaker: Worker, rolloutId: string): void {
    for (const worker of this.#workers) if (worker !== speaker) worker.notice(rolloutId);
  }

  #settingsWithPorts(): ProxySettings {
    const listeners = this.#settings.listeners.map((listener, i) => ({
      ...listener,
      port: this.ports[i] ?? 0,
    }));
    return { ...this.#settings, listeners };
  }

  /** A second proxy on one machine finds ESP's default status port taken; that is no reason not to serve. */
  async #startAdminOrWarn(): Promise<AdminServer | undefined> {
    const { admin } = this.#settings;
    if (admin === undefined) return undefined;
    try {
      return await createAdminServer((request) => this.#answerAdmin(request), admin, this.#deps.logger);
    } catch (error) {
      if (admin.isChosen || systemErrorCode(error) !== 'EADDRINUSE') throw error;
      this.#deps.logger.warn(
        { port: admin.port },
        'the default status port is taken, serving without an admin server',
      );
      return undefined;
    }
  }

  async #answerAdmin(request: AdminRequest): Promise<AdminAnswer> {
    const answers = await Promise.all([...this.#workers].map((worker) => worker.answerAdmin(request)));
    return mergeAdminAnswers(request, answers);
  }
}
