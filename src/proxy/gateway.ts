import { create } from '@bufbuild/protobuf';
import type { Clock } from '../core/clock.ts';
import { ServiceSchema } from '../gen/google/api/service_pb.ts';
import type { ConnectionInfo, ServerStream } from '../protocol/http/stream.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';
import type { CodecFault, Dialect } from './dialects/dialect.ts';
import { Exchange } from './exchange.ts';
import type { ExchangeObserver } from './observe/exchange-observer.ts';
import { ActiveConfig } from './pipeline/active-config.ts';
import type { ActiveConfigOwner, ServedConfig } from './pipeline/active-config.ts';
import { renderCodecRejection, toRejectedStream } from './pipeline/codec-rejection.ts';
import type { CodecRejection } from './pipeline/codec-rejection.ts';
import { ExchangeDriver } from './pipeline/exchange-driver.ts';
import { stagesInOrder } from './pipeline/order.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import type { StageOptions } from './pipeline/stage-options.ts';
import { hashToUnit, pickShare } from './pipeline/traffic-split.ts';
import { defaultApiKeyLocations, extractApiKey } from './stages/extract-api-key.ts';
import { createRefuseNotReady } from './stages/refuse-not-ready.ts';
import { createReservedHeaders } from './stages/reserved-headers.ts';
import type { ReservedHeaders } from './stages/reserved-headers.ts';
import { createStampResponse } from './stages/stamp-response.ts';

export interface GatewayDeps {
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly logger: Logger;
  /** In [0, 1): splits the traffic of callers without a key. */
  readonly random: () => number;
  /** A random UUID, version 4. */
  readonly createRequestId: () => string;
  readonly observers: readonly ExchangeObserver[];
}

/** What the stages need, save what comes with each config or from {@link GatewayDeps}. */
export interface GatewayOptions extends Omit<
  StageOptions,
  'dialect' | 'clock' | 'createRequestId' | 'controller' | 'isHealthy'
> {
  /** Puts something between the codec's stream and the pipeline: response compression. */
  readonly wrapStream?: ((stream: ServerStream) => ServerStream) | undefined;
}

/** The data path between codec and upstream. */
export interface Gateway {
  /** What codecs call for every request. */
  readonly onRequest: (stream: ServerStream) => void;
  /** What codecs call for a request that they have refused and answered: it is reported and logged. */
  readonly onRejection: (rejection: CodecRejection, connection: ConnectionInfo) => void;
  /** What codecs call for a request that they have reset without an answer; `details` says why. */
  readonly onReset: (details: string, connection: ConnectionInfo) => void;
  /** The words of such an answer; for `Http1ServerSettings.renderRejection`. */
  readonly renderRejection: (fault: CodecFault) => ReturnType<typeof renderCodecRejection>;
  /** Configs being served, with the exchanges in flight on each. */
  readonly configs: readonly ServedConfigState[];
  readonly isDraining: boolean;
  /** Exchanges in flight, on all configs, replaced ones included. */
  readonly activeExchanges: number;
  /** Requests since the start, refused ones included. */
  readonly totalExchanges: number;
  /** A config is served and the gateway is not draining. */
  readonly isReady: boolean;
  /**
   * Replaces what is served, at once: requests in flight finish on what they began with. An empty list answers
   * everything with 503. The same object given again stays in place.
   */
  serve(configs: readonly ServedConfig[]): void;
  /** Health answers turn to 503; requests are still served. */
  drain(): void;
  /** Resolves when no exchange is in flight any more. */
  idle(): Promise<void>;
}

export interface ServedConfigState {
  readonly served: ServedConfig;
  readonly exchanges: number;
}

/** A gateway without a config: it answers 503 until {@link Gateway.serve}. */
export function createGateway(deps: GatewayDeps, options: GatewayOptions): Gateway {
  return new PipelineGateway(deps, options);
}

/** Envoy's `DownstreamProtocolError`. */
const protocolErrorFlag = 'DPE';

class PipelineGateway implements Gateway, ActiveConfigOwner {
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reservedHeaders: ReservedHeaders;
  readonly maxBodyBytes: number;
  readonly #deps: GatewayDeps;
  readonly #options: GatewayOptions;
  readonly #unconfigured: ActiveConfig;
  #configs: readonly ActiveConfig[] = [];
  #shares: ReadonlyArray<{ readonly percent: number; readonly config: ActiveConfig }> = [];
  #activeExchanges = 0;
  #totalExchanges = 0;
  #isDraining = false;
  #idleWaiters: Array<() => void> = [];

  constructor(deps: GatewayDeps, options: GatewayOptions) {
    this.#deps = deps;
    this.#options = options;
    this.dialect = deps.dialect;
    this.clock = deps.clock;
    this.logger = deps.logger;
    this.reservedHeaders = createReservedHeaders(options.headerPrefix);
    this.maxBodyBytes = options.maxBodyBytes ?? 0;
    const pipeline = new Pipeline([createStampResponse(deps), createRefuseNotReady(deps)], deps.logger);
    this.#unconfigured = new ActiveConfig(nothingServed, pipeline, this);
  }

  readonly onRequest = (codecStream: ServerStream): void => {
    const config = this.#chooseConfig(codecStream);
    const stream = this.#options.wrapStream?.(codecStream) ?? codecStream;
    new ExchangeDriver(this.#begin(stream, config), config).start();
  };

  readonly onRejection = (rejection: CodecRejection, connection: ConnectionInfo): void => {
    const reply = this.dialect.codecRejection(rejection);
    this.#noteRefused(toRejectedStream(rejection.request, connection), (exchange) => {
      exchange.localReply = reply;
      exchange.responseStatus = reply.httpStatus;
      exchange.responseFlags = reply.responseFlags;
      exchange.responseCodeDetails = reply.responseCodeDetails;
    });
  };

  readonly onReset = (details: string, connection: ConnectionInfo): void =>
    this.#noteRefused(toRejectedStream(undefined, connection, 'HTTP/2'), (exchange) => {
      exchange.responseFlags = protocolErrorFlag;
      exchange.responseCodeDetails = details;
    });

  readonly renderRejection = (fault: CodecFault): ReturnType<typeof renderCodecRejection> =>
    renderCodecRejection(this.dialect, fault);

  get configs(): readonly ServedConfigState[] {
    return this.#configs;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  get activeExchanges(): number {
    return this.#activeExchanges;
  }

  get totalExchanges(): number {
    return this.#totalExchanges;
  }

  get isReady(): boolean {
    return this.#configs.length > 0 && !this.#isDraining;
  }

  serve(configs: readonly ServedConfig[]): void {
    const previous = this.#configs;
    const next = configs.map(
      (served) => previous.find((active) => active.served === served) ?? this.#activate(served),
    );
    this.#configs = next;
    // In order of config id, so that a caller keeps its config while percentages move.
    this.#shares = next
      .toSorted((a, b) => (a.served.snapshot.configId < b.served.snapshot.configId ? -1 : 1))
      .map((config) => ({ percent: config.served.percent, config }));
    for (const active of previous) if (!next.includes(active)) active.retire();
  }

  drain(): void {
    this.#isDraining = true;
  }

  idle(): Promise<void> {
    if (this.#activeExchanges === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  onExchangeEnd(exchange: Exchange): void {
    this.#activeExchanges--;
    if (this.#activeExchanges === 0 && this.#idleWaiters.length > 0) this.#wakeIdleWaiters();
    for (const observer of this.#deps.observers) observer.onExchangeEnd(exchange);
  }

  #noteRefused(stream: ServerStream, describe: (exchange: Exchange) => void): void {
    const config = this.#chooseConfig(stream);
    const exchange = this.#begin(stream, config);
    describe(exchange);
    exchange.endedMs = exchange.startedMonotonicMs;
    config.onEnd(exchange);
  }

  #begin(stream: ServerStream, config: ActiveConfig): Exchange {
    const { clock } = this;
    const exchange = new Exchange(stream, config.served.snapshot, clock.nowMs(), clock.monotonicMs());
    this.#activeExchanges++;
    this.#totalExchanges++;
    config.enter();
    for (const observer of this.#deps.observers) observer.onExchangeStart?.(exchange);
    return exchange;
  }

  #wakeIdleWaiters(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const wake of waiters) wake();
  }

  #activate(served: ServedConfig): ActiveConfig {
    const stages = stagesInOrder({
      ...this.#options,
      dialect: this.dialect,
      clock: this.clock,
      createRequestId: this.#deps.createRequestId,
      controller: served.controller,
      isHealthy: () => !this.#isDraining,
    });
    return new ActiveConfig(served, new Pipeline(stages, this.logger), this);
  }

  #chooseConfig(stream: ServerStream): ActiveConfig {
    if (this.#configs.length === 1) return this.#configs[0] as ActiveConfig;
    if (this.#configs.length === 0) return this.#unconfigured;
    const key = apiKeyOf(stream);
    const point = key === '' ? this.#deps.random() : hashToUnit(key);
    return pickShare(this.#shares, point)?.config ?? this.#unconfigured;
  }
}

/** The key where most configs look for it: which config decides is only known after the choice. */
function apiKeyOf(stream: ServerStream): string {
  const { target, headers } = stream.request;
  const mark = target.indexOf('?');
  const query = mark < 0 ? undefined : target.slice(mark + 1);
  return extractApiKey({ query, headers }, defaultApiKeyLocations);
}

const emptySnapshot: ConfigSnapshot = {
  serviceName: '',
  configId: '',
  rolloutId: '',
  service: create(ServiceSchema),
  routes: { match: () => ({ kind: 'notFound' }) },
  methods: new Map(),
  clusters: new Map(),
  hasServiceControl: false,
  requiresGrpc: false,
  allowsCors: false,
  localCluster: '',
};

const nothingServed: ServedConfig = {
  snapshot: emptySnapshot,
  controller: undefined,
  clusters: new Map(),
  percent: 100,
  release: () => undefined,
};
