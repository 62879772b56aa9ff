import type { Clock } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import type { RequestHead } from '../../protocol/http/stream.ts';
import { Http1ClientConnection } from '../../protocol/http1/client-connection.ts';
import type { Http1ClientOptions } from '../../protocol/http1/client-settings.ts';
import { createHttp1ClientSettings } from '../../protocol/http1/client-settings.ts';
import type { Http2ClientOptions } from '../../protocol/http2/http2-client-connection.ts';
import { Connector } from '../../protocol/net/connector.ts';
import type { DnsFamily, DnsResolver } from '../../protocol/net/dns-resolver.ts';
import { defaultDnsFamily } from '../../protocol/net/dns-resolver.ts';
import type { TimerWheel } from '../../protocol/net/timer-wheel.ts';
import type { TlsClientOptions } from '../../protocol/net/tls-client-context.ts';
import { TlsClientContext } from '../../protocol/net/tls-client-context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { silentLogger } from '../../telemetry/logger.ts';
import type { ClusterConfig } from '../routing/method-config.ts';
import { Http1Pool } from './http1-pool.ts';
import { Http2Pool } from './http2-pool.ts';
import type { Pool, PoolStats } from './pool.ts';
import type { RetryPolicy } from './retry-policy.ts';
import { defaultRetryPolicy } from './retry-policy.ts';
import type {
  UpstreamCall,
  UpstreamHandler,
  UpstreamOwner,
  UpstreamRequestOptions,
} from './upstream-call.ts';
import { UpstreamRequest } from './upstream-request.ts';

/** How the clusters of a proxy behave. Every member has a default. */
export interface ClusterOptions {
  /** Milliseconds for name, connection and handshake. Default 20 s (`--cluster_connect_timeout`). */
  readonly connectTimeoutMs?: number;
  /** Requests at a time; one more fails with `overflow`. Default 1024 (`--backend_cluster_maximum_requests`, 0 too). */
  readonly maxRequests?: number;
  /** Connections at a time. Default 1024 (Envoy). */
  readonly maxConnections?: number;
  /** Requests that wait for a connection; one more fails with `overflow`. Default 1024 (Envoy). */
  readonly maxPendingRequests?: number;
  /** Retries at a time, beyond which none is made. Default 3 (Envoy). */
  readonly maxConcurrentRetries?: number;
  /** Milliseconds after which an unused connection is closed. Default 1 h (Envoy). */
  readonly idleTimeoutMs?: number;
  /** Bytes of a request body kept for another try. Default 1 MiB (Envoy; `--envoy_connection_buffer_limit_bytes`). */
  readonly maxBufferedBytes?: number;
  /** Default: {@link defaultRetryPolicy}. */
  readonly retry?: RetryPolicy;
  /** Default `v4preferred` (`--backend_dns_lookup_family`). */
  readonly dnsFamily?: DnsFamily;
  /** For `https` clusters; the default trusts Node's authorities. */
  readonly tls?: TlsClientOptions;
  /** HTTP/1.1: what a response may be. */
  readonly http1?: Http1ClientOptions;
  /** HTTP/2: windows, streams, pings every 30 s with 10 s to answer. */
  readonly http2?: Http2ClientOptions;
}

/** What clusters share. */
export interface ClusterDeps {
  readonly resolver: DnsResolver;
  readonly wheel: TimerWheel;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** In [0, 1). Default Math.random. */
  readonly random?: () => number;
}

/** One backend with its connections. */
export interface Cluster {
  readonly config: ClusterConfig;
  /** False: every new request fails with `no_healthy_upstream`. Set by whoever checks its health. */
  isHealthy: boolean;
  readonly activeRequests: number;
  readonly stats: PoolStats;
  /**
   * Sends a request. With `bodyLength` 0 and no upgrade it is complete at once: `sendEnd` may be called but need not.
   * `scheme` is set to the cluster's. No callback comes before it returns.
   */
  request(head: RequestHead, handler: UpstreamHandler, options: UpstreamRequestOptions): UpstreamCall;
  /** Lets requests under way finish; closes idle connections now and the others when they become so. */
  drain(): void;
  /** Closes everything now. */
  destroy(): void;
}

/** @throws ConfigError when a TLS file cannot be used */
export function createCluster(config: ClusterConfig, options: ClusterOptions, deps: ClusterDeps): Cluster {
  return new PooledCluster(config, options, deps);
}

const defaultMaxRequests = 1024;

class PooledCluster implements Cluster, UpstreamOwner {
  readonly config: ClusterConfig;
  readonly pool: Pool;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly maxBufferedBytes: number;
  readonly random: () => number;
  isHealthy = true;
  activeRequests = 0;
  readonly #policy: RetryPolicy;
  readonly #maxRequests: number;
  readonly #maxRetries: number;
  #activeRetries = 0;

  constructor(config: ClusterConfig, options: ClusterOptions, deps: ClusterDeps) {
    this.config = config;
    this.wheel = deps.wheel;
    this.clock = deps.clock ?? systemClock;
    this.random = deps.random ?? Math.random;
    this.maxBufferedBytes = options.maxBufferedBytes ?? 1024 * 1024;
    this.#policy = options.retry ?? defaultRetryPolicy;
    this.#maxRequests = options.maxRequests || defaultMaxRequests;
    this.#maxRetries = options.maxConcurrentRetries ?? 3;
    this.pool = createPool(config, options, { ...deps, clock: this.clock });
  }

  get stats(): PoolStats {
    return this.pool.stats;
  }

  request(head: RequestHead, handler: UpstreamHandler, options: UpstreamRequestOptions): UpstreamCall {
    head.scheme = this.config.scheme;
    const isOverflow = this.activeRequests >= this.#maxRequests;
    this.activeRequests++;
    const request = new UpstreamRequest(this, head, handler, {
      policy: options.retry ?? this.#policy,
      deadlineMs: options.deadlineMs,
      idleTimeoutMs: options.idleTimeoutMs,
    });
    if (isOverflow) request.refuse('overflow');
    else if (!this.isHealthy) request.refuse('no_healthy_upstream');
    else request.start();
    return request;
  }

  drain(): void {
    this.pool.drain();
  }

  destroy(): void {
    this.pool.destroy();
  }

  beginRetry(): boolean {
    if (this.#activeRetries >= this.#maxRetries) return false;
    this.#activeRetries++;
    return true;
  }

  endRetry(): void {
    this.#activeRetries--;
  }

  onRequestEnd(): void {
    this.activeRequests--;
  }
}

function createPool(
  config: ClusterConfig,
  options: ClusterOptions,
  deps: ClusterDeps & { clock: Clock },
): Pool {
  const { clock, log = silentLogger } = deps;
  const connector = new Connector(
    {
      host: config.host,
      port: config.port,
      isUnixSocket: config.isUnixSocket,
      tls: config.scheme === 'https' ? new TlsClientContext(options.tls ?? {}, { clock, log }) : undefined,
      alpn: config.protocol === 'h2' ? ['h2'] : [],
      dnsFamily: options.dnsFamily ?? defaultDnsFamily,
      timeoutMs: options.connectTimeoutMs ?? 20_000,
    },
    { resolver: deps.resolver, clock },
  );
  const limits = {
    maxConnections: options.maxConnections ?? 1024,
    maxPendingRequests: options.maxPendingRequests ?? 1024,
    idleTimeoutMs: options.idleTimeoutMs ?? 3_600_000,
  };
  if (config.protocol === 'h2')
    return new Http2Pool(connector, limits, { wheel: deps.wheel, http2: options.http2 ?? {} });
  const settings = createHttp1ClientSettings(options.http1);
  return new Http1Pool(connector, limits, {
    wheel: deps.wheel,
    createConnection: (socket, events) => new Http1ClientConnection(socket, settings, events),
  });
}
