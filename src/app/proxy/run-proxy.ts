import type { Clock } from '../../core/clock.ts';
import { systemErrorCode } from '../../core/errors.ts';
import type { Closeable } from '../../core/lifecycle.ts';
import { type AdminServer, createAdminServer } from '../../proxy/observe/admin-server.ts';
import { registerConfigMetrics, registerServiceControlMetrics } from '../../proxy/observe/config-metrics.ts';
import { collectStatusFacts } from '../../proxy/observe/status-facts.ts';
import { createHttpClient } from '../../service-control/transport/http-client.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { readVersion } from '../version.ts';
import { type ConfigSource, createConfigSource } from './config-source.ts';
import { DataPlane } from './data-plane.ts';
import { createLastGoodRollout, type LastGoodRollout, noLastGoodRollout } from './last-good-rollout.ts';
import { createManagementClient } from './service-control.ts';
import type { ProxySettings } from './settings/proxy-settings.ts';

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
 * Starts a proxy: fetches its config, then listens. Rejects with ConfigError, or the system's error for a port that
 * cannot be had; nothing is left open then.
 */
export async function startProxy(settings: ProxySettings, deps: ProxyDeps): Promise<RunningProxy> {
  const proxy = new SingleProcessProxy(settings, deps);
  try {
    await proxy.start();
    return proxy;
  } catch (error) {
    await proxy.close();
    throw error;
  }
}

class SingleProcessProxy implements RunningProxy {
  readonly finished: Promise<void>;
  readonly #settings: ProxySettings;
  readonly #deps: ProxyDeps;
  readonly #startedAtMs: number;
  readonly #http: ReturnType<typeof createHttpClient>;
  readonly #dataPlane: DataPlane;
  readonly #source: ConfigSource;
  #admin: AdminServer | undefined;
  #finish: () => void = () => undefined;
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: ProxySettings, deps: ProxyDeps) {
    const { clock, logger } = deps;
    this.#settings = settings;
    this.#deps = deps;
    this.#startedAtMs = clock.nowMs();
    this.finished = new Promise((resolve) => (this.#finish = resolve));
    this.#http = createHttpClient(clock);
    this.#dataPlane = new DataPlane(settings, {
      ...deps,
      reusePort: settings.process.workers > 1,
      onRolloutId: (rolloutId) => this.#source.notice(rolloutId),
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
  }

  get ports(): readonly number[] {
    return this.#dataPlane.ports;
  }

  get adminPort(): number | undefined {
    return this.#admin?.port;
  }

  async start(): Promise<void> {
    await this.#source.start();
    await this.#dataPlane.listen();
    this.#admin = await this.#startAdminOrWarn();
    this.#deps.logger.info({ ports: this.ports, adminPort: this.adminPort }, 'serving');
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
    await this.#admin?.close();
    await this.#http.close();
    this.#finish();
  }

  /** A second proxy on one machine finds ESP's default status port taken; that is no reason not to serve. */
  async #startAdminOrWarn(): Promise<AdminServer | undefined> {
    try {
      return await this.#startAdmin();
    } catch (error) {
      const { admin } = this.#settings;
      if (admin === undefined || admin.isChosen || systemErrorCode(error) !== 'EADDRINUSE') throw error;
      this.#deps.logger.warn(
        { port: admin.port },
        'the default status port is taken, serving without an admin server',
      );
      return undefined;
    }
  }

  async #startAdmin(): Promise<AdminServer | undefined> {
    const { admin } = this.#settings;
    if (admin === undefined) return undefined;
    const { gateway, metrics } = this.#dataPlane;
    const counters = (): NonNullable<DataPlane['controller']>['counters'] | undefined =>
      this.#dataPlane.controller?.counters;
    registerConfigMetrics(metrics, gateway);
    registerServiceControlMetrics(metrics, counters);
    const version = readVersion();
    return await createAdminServer(
      {
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
        drain: () => void this.drain(),
      },
      admin,
    );
  }
}

function lastGoodRolloutOf(settings: ProxySettings, logger: Logger): LastGoodRollout {
  const { stateFolder } = settings.process;
  if (stateFolder === undefined || settings.source.kind === 'file') return noLastGoodRollout;
  return createLastGoodRollout(stateFolder, settings.source.serviceName, logger);
}
