import type { ClusterConfig } from '../routing/method-config.ts';
import type { Cluster, ClusterDeps, ClusterOptions } from './cluster.ts';
import { createCluster } from './cluster.ts';

/** The clusters of one config snapshot. */
export interface ClusterSet {
  get(name: string): Cluster | undefined;
  values(): Iterable<Cluster>;
  /** The snapshot's last exchange has ended. Idempotent. */
  release(): void;
}

interface Registered {
  readonly cluster: Cluster;
  users: number;
}

/**
 * Keeps clusters, with their connections, across config snapshots as long as they do not change, and drains those
 * that no snapshot uses any more.
 */
export class ClusterRegistry {
  readonly #options: ClusterOptions;
  readonly #deps: ClusterDeps;
  readonly #registered = new Map<string, Registered>();

  constructor(options: ClusterOptions, deps: ClusterDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Clusters that some snapshot uses. */
  get size(): number {
    return this.#registered.size;
  }

  /** @throws ConfigError when a TLS file cannot be used; nothing has changed then */
  acquire(configs: ReadonlyMap<string, ClusterConfig>): ClusterSet {
    const taken = new Map<string, Cluster>();
    const keys: string[] = [];
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      for (const key of keys) this.#release(key);
    };
    try {
      for (const [name, config] of configs) {
        const key = keyOf(config);
        taken.set(name, this.#take(key, config));
        keys.push(key);
      }
    } catch (error) {
      release();
      throw error;
    }
    return { get: (name) => taken.get(name), values: () => taken.values(), release };
  }

  /** Closes every connection. */
  destroy(): void {
    for (const { cluster } of this.#registered.values()) cluster.destroy();
    this.#registered.clear();
  }

  #take(key: string, config: ClusterConfig): Cluster {
    const present = this.#registered.get(key);
    if (present !== undefined) {
      present.users++;
      return present.cluster;
    }
    const cluster = createCluster(config, this.#options, this.#deps);
    this.#registered.set(key, { cluster, users: 1 });
    return cluster;
  }

  #release(key: string): void {
    const registered = this.#registered.get(key);
    if (registered === undefined || --registered.users > 0) return;
    this.#registered.delete(key);
    registered.cluster.drain();
  }
}

function keyOf(config: ClusterConfig): string {
  const { name, scheme, protocol, host, port, isUnixSocket } = config;
  return JSON.stringify([name, scheme, protocol, host, port, isUnixSocket]);
}
