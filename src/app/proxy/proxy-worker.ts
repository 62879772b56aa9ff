import type { Clock } from '../../core/clock.ts';
import {
  type AdminAnswer,
  type AdminDeps,
  type AdminRequest,
  answerAdmin,
} from '../../proxy/observe/admin-routes.ts';
import { registerConfigMetrics, registerServiceControlMetrics } from '../../proxy/observe/config-metrics.ts';
import { collectStatusFacts } from '../../proxy/observe/status-facts.ts';
import { createHttpClient } from '../../service-control/transport/http-client.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { readVersion } from '../version.ts';
import { type ConfigSource, createConfigSource } from './config-source.ts';
import { DataPlane } from './data-plane.ts';
import { createLastGoodRollout, type LastGoodRollout, noLastGoodRollout } from './last-good-rollout.ts';
import { createManagementClient, toHttpClientOptions } from './service-control.ts';
import type { ProxySettings } from './settings/proxy-settings.ts';
import type { Worker } from './worker.ts';

export interface WorkerDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: (name: string) => string | undefined;
  /** Told every rollout id that Service Control mentions. */
  readonly onRolloutId: (rolloutId: string) => void;
  /** Somebody asked the admin server for a drain of the whole proxy. */
  readonly onDrainWanted: () => void;
}

/** A data plane with what keeps its configs up to date: one worker, in whatever process. */
export class ProxyWorker implements Worker {
  /** Resolves when it has drained and closed. */
  readonly ended: Promise<void>;
  readonly #settings: ProxySettings;
  readonly #deps: WorkerDeps;
  readonly #startedAtMs: number;
  readonly #http: ReturnType<typeof createHttpClient>;
  readonly #dataPlane: DataPlane;
  readonly #source: ConfigSource;
  readonly #adminDeps: AdminDeps;
  #end: () => void = () => undefined;
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** Throws ConfigError for settings that cannot be used. */
  constructor(settings: ProxySettings, deps: WorkerDeps) {
    const { clock, logger } = deps;
    this.#settings = settings;
    this.#deps = deps;
    this.#startedAtMs = clock.nowMs();
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#http = createHttpClient(clock, toHttpClientOptions(settings));
    this.#dataPlane = new DataPlane(settings, {
      ...deps,
      reusePort: settings.process.workers > 1,
      onRolloutId: (rolloutId) => {
        this.#source.notice(rolloutId);
        deps.onRolloutId(rolloutId);
      },
    });
    this.#source = createConfigSource(settings, {
      client: (serviceName, maxRetries) =>
        createManagementClient(settings, { serviceName, maxRetries }, { http: this.#http, clock, logger }),
      apply: (rollout) => {
        this.#dataPlane.serve(rollout);
        logger.info(
          { rolloutId: rollout.rolloutId, configIds: rollout.configs.map(({ service }) => service.id) },
          'config swapped',
        );
      },
      lastGood: lastGoodRolloutOf(settings, logger),
      clock,
      logger,
    });
    this.#adminDeps = this.#createAdminDeps();
  }

  get ports(): readonly number[] {
    return this.#dataPlane.ports;
  }

  /** Rejects when it cannot serve, or is told to close meanwhile. */
  async start(): Promise<void> {
    await this.#source.start();
    if (this.#closing === undefined) await this.#dataPlane.listen();
    if (this.#closing === undefined) return;
    // What was opened since would be nobody's: a process without supervisor that keeps its share of the port.
    await this.#dataPlane.close();
    throw new Error('told to stop while it started');
  }

  answerAdmin(request: AdminRequest): Promise<AdminAnswer> {
    return Promise.resolve(answerAdmin(this.#adminDeps, request));
  }

  notice(rolloutId: string): void {
    this.#source.notice(rolloutId);
  }

  reload(): void {
    void this.#source.reload();
    this.reopenLogs();
  }

  reopenLogs(): void {
    this.#dataPlane.reopenLogs();
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
    const { drainDelayMs, drainTimeoutMs } = this.#settings.process;
    this.#deps.logger.info(
      { drainDelayMs, drainTimeoutMs, activeExchanges: this.#dataPlane.gateway.activeExchanges },
      'draining',
    );
    await this.#dataPlane.drain(drainDelayMs, drainTimeoutMs);
    await this.close();
  }

  async #close(): Promise<void> {
    await this.#source.close();
    await this.#dataPlane.close();
    await this.#http.close();
    this.#end();
  }

  #createAdminDeps(): AdminDeps {
    const { gateway, metrics } = this.#dataPlane;
    const counters = (): NonNullable<DataPlane['controller']>['counters'] | undefined =>
      this.#dataPlane.controller?.counters;
    registerConfigMetrics(metrics, gateway);
    registerServiceControlMetrics(metrics, counters);
    const version = readVersion();
    return {
      gateway,
      metrics,
      logger: this.#deps.logger,
      version,
      options: () => ({ ...this.#settings }),
      status: () =>
        collectStatusFacts({
          gateway,
          version,
          startedAtMs: this.#startedAtMs,
          connections: () => this.#dataPlane.connections,
          counters,
          remoteRolloutCalls: () => this.#source.remoteRolloutCalls,
        }),
      drain: () => this.#deps.onDrainWanted(),
    };
  }
}

function lastGoodRolloutOf(settings: ProxySettings, logger: Logger): LastGoodRollout {
  const { stateFolder } = settings.process;
  if (stateFolder === undefined || settings.source.kind === 'file') return noLastGoodRollout;
  return createLastGoodRollout(stateFolder, settings.source.serviceName, logger);
}
