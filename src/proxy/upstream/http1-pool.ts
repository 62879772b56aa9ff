import type { Socket } from 'node:net';
import type { ClientStream, ClientStreamHandler, RequestHead } from '../../protocol/http/stream.ts';
import type {
  ConnectAttempt,
  ConnectFailure,
  ConnectHandler,
  Connector,
} from '../../protocol/net/connector.ts';
import type { TimerWheel } from '../../protocol/net/timer-wheel.ts';
import { WheelEntry } from '../../protocol/net/timer-wheel.ts';
import type { Pool, PoolLimits, PooledConnection, PoolStats, PoolWaiter } from './pool.ts';

/** The codec of an HTTP/1.1 connection, as the pool sees it. */
export interface Http1Connection {
  request(head: RequestHead, handler: ClientStreamHandler, endsNow: boolean): ClientStream;
  /** Closes now; a request under way fails. */
  destroy(): void;
}

/** What the codec tells. */
export interface Http1ConnectionEvents {
  /** The response is over and the connection takes another request. */
  onIdle(): void;
  /** Last call: the connection is gone. */
  onClose(): void;
}

/** Makes the codec for a connected socket. */
export type Http1ConnectionFactory = (socket: Socket, events: Http1ConnectionEvents) => Http1Connection;

/** HTTP/1.1 connections: one request at a time on each, the one used last is used next. */
export class Http1Pool implements Pool {
  readonly #connector: Connector;
  readonly #limits: PoolLimits;
  readonly #wheel: TimerWheel;
  readonly #createConnection: Http1ConnectionFactory;
  readonly #idle: PooledHttp1[] = [];
  readonly #all = new Set<PooledHttp1>();
  readonly #pending = new Set<PoolWaiter>();
  readonly #connecting = new Set<Opening>();
  #isClosed = false;

  constructor(
    connector: Connector,
    limits: PoolLimits,
    deps: { wheel: TimerWheel; createConnection: Http1ConnectionFactory },
  ) {
    this.#connector = connector;
    this.#limits = limits;
    this.#wheel = deps.wheel;
    this.#createConnection = deps.createConnection;
  }

  get stats(): PoolStats {
    return {
      connections: this.#all.size,
      idle: this.#idle.length,
      connecting: this.#connecting.size,
      pending: this.#pending.size,
    };
  }

  acquire(waiter: PoolWaiter, fresh: boolean): PooledConnection | 'waiting' | 'overflow' {
    const connection = fresh ? undefined : this.#idle.pop();
    if (connection !== undefined) return connection;
    if (this.#pending.size >= this.#limits.maxPendingRequests) return 'overflow';
    this.#pending.add(waiter);
    // The one unused for longest makes room.
    if (fresh && this.#all.size + this.#connecting.size >= this.#limits.maxConnections)
      this.#idle[0]?.destroy();
    this.#grow();
    return 'waiting';
  }

  cancel(waiter: PoolWaiter): void {
    this.#pending.delete(waiter);
  }

  drain(): void {
    this.#isClosed = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
    if (this.#pending.size === 0) this.#cancelConnecting();
  }

  destroy(): void {
    this.#isClosed = true;
    this.#cancelConnecting();
    for (const connection of this.#all) connection.destroy();
  }

  /** @internal */
  onConnect(opening: Opening, socket: Socket, address: string): void {
    this.#connecting.delete(opening);
    const host = socket.remotePort === undefined ? address : `${address}:${socket.remotePort}`;
    const connection = new PooledHttp1(this, { socket, address: host }, this.#createConnection);
    this.#all.add(connection);
    this.release(connection);
  }

  /** @internal */
  onConnectFailure(opening: Opening, failure: ConnectFailure): void {
    this.#connecting.delete(opening);
    const waiter = this.#takeWaiter();
    waiter?.onPoolFailure(failure);
    this.#grow();
  }

  /** @internal A connection takes a request. */
  release(connection: PooledHttp1): void {
    const waiter = this.#takeWaiter();
    if (waiter !== undefined) waiter.onPoolReady(connection);
    else if (this.#isClosed) connection.destroy();
    else {
      connection.rest(this.#wheel, this.#limits.idleTimeoutMs);
      this.#idle.push(connection);
    }
  }

  /** @internal A connection is gone. */
  remove(connection: PooledHttp1): void {
    this.#all.delete(connection);
    this.#wheel.cancel(connection);
    const at = this.#idle.lastIndexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#grow();
  }

  /** @internal A connection's time may be up. */
  checkIdle(connection: PooledHttp1): void {
    if (!this.#idle.includes(connection)) return;
    const leftMs = connection.restingSinceMs + this.#limits.idleTimeoutMs - this.#wheel.nowMs();
    if (leftMs > 0) this.#wheel.schedule(connection, leftMs);
    else connection.destroy();
  }

  #takeWaiter(): PoolWaiter | undefined {
    if (this.#pending.size === 0) return undefined;
    const [waiter] = this.#pending;
    this.#pending.delete(waiter as PoolWaiter);
    return waiter;
  }

  /** One connection is on its way for everyone who waits, as far as the limit allows. */
  #grow(): void {
    const { maxConnections } = this.#limits;
    while (
      this.#connecting.size < this.#pending.size &&
      this.#all.size + this.#connecting.size < maxConnections
    ) {
      const opening = new Opening(this);
      this.#connecting.add(opening);
      opening.attempt = this.#connector.connect(opening);
    }
  }

  #cancelConnecting(): void {
    for (const opening of this.#connecting) opening.attempt?.cancel();
    this.#connecting.clear();
  }
}

/** A connection on its way. */
class Opening implements ConnectHandler {
  attempt: ConnectAttempt | undefined = undefined;
  readonly #pool: Http1Pool;

  constructor(pool: Http1Pool) {
    this.#pool = pool;
  }

  onConnect(socket: Socket, address: string): void {
    this.#pool.onConnect(this, socket, address);
  }

  onConnectFailure(failure: ConnectFailure): void {
    this.#pool.onConnectFailure(this, failure);
  }
}

class PooledHttp1 extends WheelEntry implements PooledConnection, Http1ConnectionEvents {
  readonly address: string;
  isReused = false;
  restingSinceMs = 0;
  readonly #pool: Http1Pool;
  readonly #connection: Http1Connection;

  constructor(pool: Http1Pool, from: { socket: Socket; address: string }, create: Http1ConnectionFactory) {
    super();
    this.#pool = pool;
    this.address = from.address;
    this.#connection = create(from.socket, this);
  }

  request(head: RequestHead, handler: ClientStreamHandler, endsNow: boolean): ClientStream {
    return this.#connection.request(head, handler, endsNow);
  }

  /** Notes that nobody uses it. A timer that runs already is left alone: it will look at the time noted. */
  rest(wheel: TimerWheel, idleTimeoutMs: number): void {
    this.restingSinceMs = wheel.nowMs();
    if (this.wheelTick < 0 && idleTimeoutMs > 0) wheel.schedule(this, idleTimeoutMs);
  }

  destroy(): void {
    this.#connection.destroy();
  }

  onIdle(): void {
    this.isReused = true;
    this.#pool.release(this);
  }

  onClose(): void {
    this.#pool.remove(this);
  }

  onTimer(): void {
    this.#pool.checkIdle(this);
  }
}
