import type { Clock } from '../../core/clock.ts';
import type { ServiceController } from '../../service-control/service-controller.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { ConfigSnapshot } from '../config-snapshot.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import { buildReport, isReported } from '../observe/build-report.ts';
import type { ReservedHeaders } from '../stages/reserved-headers.ts';
import type { ExchangeContext } from './exchange-driver.ts';
import type { Pipeline } from './pipeline.ts';
import type { UpstreamCluster } from './upstream-cluster.ts';

/** The clusters of a config: a `ClusterSet`, or a map in tests. */
export interface ClusterLookup {
  get(name: string): UpstreamCluster | undefined;
  values(): Iterable<UpstreamCluster>;
}

/** One config of the rollout being served, with what belongs to it alone. */
export interface ServedConfig {
  readonly snapshot: ConfigSnapshot;
  /** Undefined: no check, quota or report. */
  readonly controller: ServiceController | undefined;
  /** By name; must know every name in `snapshot.clusters`. */
  readonly clusters: ClusterLookup;
  /** Its share of the traffic; shares need not add up to 100. */
  readonly percent: number;
  /** Called once, when the config has been replaced and its last exchange is over. */
  release(): void;
}

/** What an {@link ActiveConfig} shares with its gateway. */
export interface ActiveConfigOwner {
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reservedHeaders: ReservedHeaders;
  readonly maxBodyBytes: number;
  onExchangeEnd(exchange: Exchange): void;
}

/** A served config, and how many exchanges still live by it. */
export class ActiveConfig implements ExchangeContext {
  readonly served: ServedConfig;
  readonly pipeline: Pipeline;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reservedHeaders: ReservedHeaders;
  readonly maxBodyBytes: number;
  readonly #owner: ActiveConfigOwner;
  #exchanges = 0;
  #isRetired = false;
  #isReleased = false;

  constructor(served: ServedConfig, pipeline: Pipeline, owner: ActiveConfigOwner) {
    this.served = served;
    this.pipeline = pipeline;
    this.#owner = owner;
    this.dialect = owner.dialect;
    this.clock = owner.clock;
    this.logger = owner.logger;
    this.reservedHeaders = owner.reservedHeaders;
    this.maxBodyBytes = owner.maxBodyBytes;
  }

  get exchanges(): number {
    return this.#exchanges;
  }

  cluster(name: string): UpstreamCluster | undefined {
    return this.served.clusters.get(name);
  }

  enter(): void {
    this.#exchanges++;
  }

  onEnd(exchange: Exchange): void {
    this.#report(exchange);
    try {
      this.#owner.onExchangeEnd(exchange);
    } catch (error) {
      this.logger.error({ error }, 'exchange could not be observed');
    }
    this.#exchanges--;
    this.#releaseIfIdle();
  }

  /** A report that cannot be made must not keep the exchange from being counted out. */
  #report(exchange: Exchange): void {
    const { controller } = this.served;
    try {
      if (controller !== undefined && isReported(exchange)) controller.report(buildReport(exchange));
    } catch (error) {
      this.logger.error({ error }, 'exchange could not be reported');
    }
  }

  /** No new exchange will come. */
  retire(): void {
    this.#isRetired = true;
    this.#releaseIfIdle();
  }

  #releaseIfIdle(): void {
    if (!this.#isRetired || this.#isReleased || this.#exchanges > 0) return;
    this.#isReleased = true;
    this.served.release();
  }
}
