import type { Socket } from 'node:net';
import type { ClientStream, ClientStreamHandler, RequestHead } from '../../protocol/http/stream.ts';
import type { Http2ClientOptions } from '../../protocol/http2/http2-client-connection.ts';
import { Http2ClientConnection } from '../../protocol/http2/http2-client-connection.ts';
import type {
  ConnectAttempt,
  ConnectFailure,
  ConnectHandler,
  Connector,
} from '../../protocol/net/connector.ts';
import type { TimerWheel } from '../../protocol/net/timer-wheel.ts';
import { WheelEntry } from '../../protocol/net/timer-wheel.ts';
import type { Pool, PoolLimits, PooledConnection, PoolStats, PoolWaiter } from './pool.ts';

/** HTTP/2 connections: many requests on each, another one is opened when all are full. */
export class Http2Pool implements Pool, ConnectHandler {
  readonly #connector: Connector;
  readonly #limits: PoolLimits;
  readonly #options: Http2ClientOptions;
  readonly #wheel: TimerWheel;
  readonly #connections: PooledHttp2[] = [];
  readonly #pending = new Set<PoolWaiter>();
  #connecting: ConnectAttempt | undefined = undefined;
  #isClosed = false;

  constructor(
    connector: Connector,
    limits: PoolLimits,
    deps: { wheel: TimerWheel; http2: Http2ClientOptions },
  ) {
    this.#connector = connector;
    this.#limits = limits;
    this.#options = deps.http2;
    this.#wheel = deps.wheel;
  }

  get stats(): PoolStats {
    return {
      connections: this.#connections.length,
      idle: this.#connections.filter((connection) => connection.isIdle).length,
      connecting: this.#connecting === undefined ? 0 : 1,
      pending: this.#pending.size,
    };
  }

  acquire(waiter: PoolWaiter): PooledConnection | 'waiting' | 'overflow' {
    const connection = this.#available();
    if (connection !== undefined) return connection;
    if (this.#pending.size >= this.#limits.maxPendingRequests) return 'overflow';
    this.#pending.add(waiter);
    this.#grow();
    return 'waiting';
  }

  cancel(waiter: PoolWaiter): void {
    this.#pending.delete(waiter);
  }

  drain(): void {
    this.#isClosed = true;
    for (const connection of this.#connections.slice()) connection.drain();
    if (this.#pending.size === 0) this.#connecting?.cancel();
  }

  destroy(): void {
    this.#isClosed = true;
    this.#connecting?.cancel();
    for (const connection of this.#connections.slice()) connection.destroy();
  }

  onConnect(socket: Socket, address: string): void {
    this.#connecting = undefined;
    const port = socket.remotePort === undefined ? '' : `:${socket.remotePort}`;
    const connection = new PooledHttp2(socket, `${address}${port}`, {
      wheel: this.#wheel,
      idleTimeoutMs: this.#limits.idleTimeoutMs,
      http2: this.#options,
      onAvailable: () => this.#serve(),
      onGone: (gone) => this.#remove(gone),
    });
    this.#connections.push(connection);
    this.#serve();
    if (this.#isClosed) connection.drain();
  }

  onConnectFailure(failure: ConnectFailure): void {
    this.#connecting = undefined;
    // All of them wait for the same thing, and it did not come.
    const waiters = [...this.#pending];
    this.#pending.clear();
    for (const waiter of waiters) waiter.onPoolFailure(failure);
  }

  #available(): PooledHttp2 | undefined {
    for (const connection of this.#connections) if (connection.isAvailable) return connection;
    return undefined;
  }

  #grow(): void {
    if (this.#connecting !== undefined || this.#connections.length >= this.#limits.maxConnections) return;
    this.#connecting = this.#connector.connect(this);
  }

  #serve(): void {
    for (const waiter of this.#pending) {
      const connection = this.#available();
      if (connection === undefined) {
        this.#grow();
        return;
      }
      this.#pending.delete(waiter);
      waiter.onPoolReady(connection);
    }
  }

  #remove(connection: PooledHttp2): void {
    const at = this.#connections.indexOf(connection);
    if (at >= 0) this.#connections.splice(at, 1);
    if (this.#pending.size > 0) this.#grow();
  }
}

interface PooledHttp2Deps {
  readonly wheel: TimerWheel;
  readonly idleTimeoutMs: number;
  readonly http2: Http2ClientOptions;
  readonly onAvailable: () => void;
  readonly onGone: (connection: PooledHttp2) => void;
}

class PooledHttp2 extends WheelEntry implements PooledConnection {
  readonly address: string;
  isReused = false;
  readonly #connection: Http2ClientConnection;
  readonly #deps: PooledHttp2Deps;
  #lastUsedMs: number;

  constructor(socket: Socket, address: string, deps: PooledHttp2Deps) {
    super();
    this.address = address;
    this.#deps = deps;
    this.#lastUsedMs = deps.wheel.nowMs();
    const { wheel } = deps;
    this.#connection = new Http2ClientConnection(
      socket,
      { ...deps.http2, wheel },
      {
        onAvailable: () => {
          this.#lastUsedMs = deps.wheel.nowMs();
          deps.onAvailable();
        },
        onDraining: () => deps.onGone(this),
        onClose: () => deps.wheel.cancel(this),
      },
    );
    deps.wheel.schedule(this, deps.idleTimeoutMs);
  }

  get isAvailable(): boolean {
    return this.#connection.isAvailable;
  }

  get isIdle(): boolean {
    return this.#connection.openStreams === 0;
  }

  request(head: RequestHead, handler: ClientStreamHandler, endsNow: boolean): ClientStream {
    this.isReused = true;
    return this.#connection.request(head, handler, endsNow);
  }

  onTimer(): void {
    const { wheel, idleTimeoutMs } = this.#deps;
    const idleMs = this.isIdle ? wheel.nowMs() - this.#lastUsedMs : 0;
    if (idleMs >= idleTimeoutMs) this.drain();
    else wheel.schedule(this, idleTimeoutMs - idleMs);
  }

  drain(): void {
    this.#connection.drain();
  }

  destroy(): void {
    this.#connection.destroy();
  }
}
