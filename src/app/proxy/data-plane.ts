import { hostname } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import { closeAll, type Closeable } from '../../core/lifecycle.ts';
import { createUuidSource } from '../../core/random-uuids.ts';
import { createTurnClock } from '../../core/turn-clock.ts';
import { createHttp1ServerSettings } from '../../protocol/http1/server-settings.ts';
import { defaultHttp2Limits } from '../../protocol/http2/http2-settings.ts';
import { DnsResolver } from '../../protocol/net/dns-resolver.ts';
import { createHttpConnections } from '../../protocol/net/http-connections.ts';
import { type ConnectionFactory, createListener, type Listener } from '../../protocol/net/listener.ts';
import { TimerWheel } from '../../protocol/net/timer-wheel.ts';
import { createEspV1Dialect } from '../../proxy/dialects/esp-v1/dialect.ts';
import { createEspV2Dialect } from '../../proxy/dialects/esp-v2/dialect.ts';
import { createGateway, type Gateway } from '../../proxy/gateway.ts';
import type { AccessLog } from '../../proxy/observe/access-log.ts';
import { createGatewayMetrics } from '../../proxy/observe/gateway-metrics.ts';
import { registerProcessMetrics } from '../../proxy/observe/process-metrics.ts';
import type { ServedConfig } from '../../proxy/pipeline/active-config.ts';
import { compressResponses } from '../../proxy/policies/compression/compressing-stream.ts';
import type { ProcessFacts } from '../../proxy/policies/log-format/exchange-record.ts';
import { ClusterRegistry } from '../../proxy/upstream/cluster-registry.ts';
import type { RemoteServiceController } from '../../service-control/remote-service-controller.ts';
import { createHttpClient, type HttpClient } from '../../service-control/transport/http-client.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { MetricRegistry } from '../../telemetry/metrics.ts';
import { openAccessLog } from './access-log.ts';
import { type CompiledConfig, compileRollout } from './compile-rollout.ts';
import { createPolicyStages } from './policy-stages.ts';
import type { Rollout } from './rollout.ts';
import { createServiceController, toHttpClientOptions } from './service-control.ts';
import type { ProxySettings } from './settings/proxy-settings.ts';

export interface DataPlaneDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Variables for `%ENVIRONMENT(NAME)%`. */
  readonly environment: (name: string) => string | undefined;
  /** Told the rollout id that Service Control's answers carry. */
  readonly onRolloutId: (rolloutId: string) => void;
  /** Several processes share the port. */
  readonly reusePort: boolean;
}

/** One worker's gateway with its listeners, pools, caches and logs: everything between two sockets. */
export class DataPlane implements Closeable {
  readonly gateway: Gateway;
  readonly metrics: MetricRegistry = new MetricRegistry();
  readonly #settings: ProxySettings;
  readonly #deps: DataPlaneDeps;
  readonly #wheel: TimerWheel;
  readonly #clusters: ClusterRegistry;
  readonly #accessLog: AccessLog | undefined;
  readonly #processMetrics: Closeable;
  readonly #http: HttpClient;
  #controller: RemoteServiceController | undefined;
  #listeners: Listener[] = [];

  /** Throws ConfigError for settings that cannot be used. */
  constructor(settings: ProxySettings, deps: DataPlaneDeps) {
    const { logger } = deps;
    const clock = createTurnClock(deps.clock);
    this.#settings = settings;
    this.#deps = { ...deps, clock };
    this.#wheel = new TimerWheel(clock);
    this.#http = createHttpClient(clock, toHttpClientOptions(settings));
    const facts: ProcessFacts = { hostname: hostname(), environment: deps.environment };
    const metrics = createGatewayMetrics(this.metrics);
    this.#processMetrics = registerProcessMetrics(this.metrics);
    this.#accessLog =
      settings.accessLog === undefined ? undefined : openAccessLog(settings.accessLog, facts, logger);
    this.#clusters = createClusters(settings, { clock, logger, wheel: this.#wheel });
    this.gateway = createGateway(
      {
        dialect:
          settings.runtimeVersion === '2'
            ? createEspV2Dialect({ headerPrefix: settings.pipeline.headerPrefix })
            : createEspV1Dialect(),
        clock,
        logger,
        random: Math.random,
        createRequestId: createUuidSource(),
        observers: this.#accessLog === undefined ? [metrics] : [metrics, this.#accessLog],
      },
      {
        ...settings.pipeline,
        maxBodyBytes: settings.codec.maxBodyBytes,
        ...createPolicyStages(settings, facts),
        ...(settings.policies.compression && { wrapStream: (stream) => compressResponses(stream) }),
        onCheck: (outcome) => metrics.countCheck(outcome),
        onQuota: (outcome) => metrics.countQuota(outcome),
      },
    );
  }

  /** Ports in the order of the settings' listeners. */
  get ports(): readonly number[] {
    return this.#listeners.map((listener) => listener.port);
  }

  /** Client connections now and since the start. */
  get connections(): { readonly active: number; readonly accepted: number } {
    const sum = (count: (listener: Listener) => number): number =>
      this.#listeners.reduce((total, listener) => total + count(listener), 0);
    return {
      active: sum((listener) => listener.connections),
      accepted: sum((listener) => listener.acceptedConnections),
    };
  }

  get controller(): RemoteServiceController | undefined {
    return this.#controller;
  }

  /** Begins to listen. Rejects with the system's error for a port that cannot be had; nothing is left open then. */
  async listen(): Promise<void> {
    const factory = createConnectionFactory(this.gateway, this.#settings, {
      clock: this.#deps.clock,
      wheel: this.#wheel,
    });
    const deps = { clock: this.#deps.clock, log: this.#deps.logger, wheel: this.#wheel };
    for (const options of this.#settings.listeners) {
      this.#listeners.push(
        await createListener({ ...options, reusePort: this.#deps.reusePort }, factory, deps),
      );
    }
  }

  /** Swaps the configs of a rollout in. Throws ConfigError when one does not compile; the old ones keep serving then. */
  serve(rollout: Rollout): void {
    const served: ServedConfig[] = [];
    try {
      for (const compiled of compileRollout(rollout, this.#settings)) served.push(this.#toServed(compiled));
    } catch (error) {
      for (const config of served) config.release();
      throw error;
    }
    this.gateway.serve(served);
  }

  #toServed({ snapshot, percentage }: CompiledConfig): ServedConfig {
    const controller = snapshot.hasServiceControl ? this.#controllerFor(snapshot.service) : undefined;
    const clusters = this.#clusters.acquire(snapshot.clusters);
    return { snapshot, percent: percentage, clusters, controller, release: () => clusters.release() };
  }

  reopenLogs(): void {
    this.#accessLog?.reopen();
  }

  /** Health turns to 503; after `delayMs` nothing new is taken; what is in flight has `timeoutMs` to end. */
  async drain(delayMs: number, timeoutMs: number): Promise<void> {
    this.gateway.drain();
    if (delayMs > 0) await new Promise<void>((resolve) => void setTimeout(resolve, delayMs));
    await Promise.all(this.#listeners.map((listener) => listener.drain({ timeoutMs })));
  }

  async close(): Promise<void> {
    const listeners = this.#listeners;
    this.#listeners = [];
    const owners: Array<Closeable | undefined> = [
      ...listeners,
      this.#controller,
      this.#accessLog,
      this.#processMetrics,
      this.#http,
    ];
    await closeAll(owners.filter((owner) => owner !== undefined));
    this.#clusters.destroy();
  }

  /** One controller for all configs of the service, so that a new config finds the caches warm. */
  #controllerFor(service: ServedConfig['snapshot']['service']): NonNullable<ServedConfig['controller']> {
    this.#controller ??= createServiceController(this.#settings, service, {
      ...this.#deps,
      http: this.#http,
    });
    return this.#controller.forConfig(service);
  }
}

function createClusters(
  settings: ProxySettings,
  deps: { clock: Clock; logger: Logger; wheel: TimerWheel },
): ClusterRegistry {
  const { dnsServers } = settings;
  return new ClusterRegistry(settings.cluster, {
    resolver: new DnsResolver({ clock: deps.clock, ...(dnsServers.length > 0 && { servers: dnsServers }) }),
    wheel: deps.wheel,
    clock: deps.clock,
    log: deps.logger,
  });
}

function createConnectionFactory(
  gateway: Gateway,
  settings: ProxySettings,
  deps: { clock: Clock; wheel: TimerWheel },
): ConnectionFactory {
  const { codec } = settings;
  const http1 = createHttp1ServerSettings({
    ...deps,
    http10: codec.http10,
    underscores: codec.underscores,
    otherUpgrades: codec.otherUpgrades,
    upgrades: settings.pipeline.allowWebSocket ? ['websocket'] : [],
    limits: codec.http1Limits,
    timeouts: codec.http1Timeouts,
    renderRejection: gateway.renderRejection,
  });
  const http2 = { ...defaultHttp2Limits, ...codec.http2 };
  return createHttpConnections({ http1, http2 }, gateway);
}
