import type { ClientStream, ClientStreamHandler, RequestHead } from '../../protocol/http/stream.ts';
import type { ConnectFailure } from '../../protocol/net/connector.ts';

/** A connection that takes a request now. */
export interface PooledConnection {
  /** `address:port` of the backend, or the path of its socket. */
  readonly address: string;
  /** True once it has carried a request: it may have been closed by the backend meanwhile. */
  readonly isReused: boolean;
  request(head: RequestHead, handler: ClientStreamHandler, endsNow: boolean): ClientStream;
}

/** Somebody who waits for a connection. Called at most once, never while it calls {@link Pool.acquire}. */
export interface PoolWaiter {
  onPoolReady(connection: PooledConnection): void;
  onPoolFailure(failure: ConnectFailure): void;
}

/** The connections to one cluster. */
export interface Pool {
  /**
   * A connection at hand; `waiting`: the waiter is called later; `overflow`: too many wait already.
   *
   * @param fresh not one that was idle: those may all have been closed by the backend
   */
  acquire(waiter: PoolWaiter, fresh: boolean): PooledConnection | 'waiting' | 'overflow';
  /** The waiter has changed its mind. */
  cancel(waiter: PoolWaiter): void;
  /** Lets requests under way finish, closes what is idle. */
  drain(): void;
  /** Closes everything. */
  destroy(): void;
  readonly stats: PoolStats;
}

/** Gauges of a pool. */
export interface PoolStats {
  readonly connections: number;
  readonly idle: number;
  readonly connecting: number;
  readonly pending: number;
}

/** Bounds of a pool. */
export interface PoolLimits {
  readonly maxConnections: number;
  readonly maxPendingRequests: number;
  /** Milliseconds without a request after which a connection is closed. */
  readonly idleTimeoutMs: number;
}
