import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { systemClock } from '../../../core/clock.ts';
import { createHttp1ServerSettings } from '../../../protocol/http1/server-settings.ts';
import { defaultHttp2Limits } from '../../../protocol/http2/http2-settings.ts';
import { DnsResolver } from '../../../protocol/net/dns-resolver.ts';
import { createHttpConnections } from '../../../protocol/net/http-connections.ts';
import { createListener } from '../../../protocol/net/listener.ts';
import type { Listener } from '../../../protocol/net/listener.ts';
import { TimerWheel } from '../../../protocol/net/timer-wheel.ts';
import { silentLogger } from '../../../telemetry/logger.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import { createEspV2Dialect } from '../../dialects/esp-v2/dialect.ts';
import type { Exchange } from '../../exchange.ts';
import { createGateway } from '../../gateway.ts';
import type { Gateway, GatewayOptions } from '../../gateway.ts';
import type { MethodConfig } from '../../routing/method-config.ts';
import { ClusterRegistry } from '../../upstream/cluster-registry.ts';
import { FakeController } from './fake-controller.ts';
import { testCluster, testMethod, testSnapshot } from './test-config.ts';
import { testGatewayOptions } from './test-gateway.ts';

export interface SocketGatewayOptions {
  readonly backendPort: number;
  readonly dialect?: Dialect;
  readonly method?: Partial<MethodConfig>;
  readonly options?: Partial<GatewayOptions>;
  readonly backendProtocol?: 'http/1.1' | 'h2';
}

/** A gateway behind a listener on a free port, with real clusters: for tests. */
export interface SocketGateway {
  readonly port: number;
  readonly gateway: Gateway;
  readonly controller: FakeController;
  readonly listener: Listener;
  readonly ended: Exchange[];
  /** Serves the same operation under another config id, optionally at another backend. */
  swap(configId: string, backendPort?: number): void;
  /** Config ids in the order of their release. */
  readonly released: string[];
  /** Resolves with the exchange that ends next, or has ended unseen. */
  nextEnd(): Promise<Exchange>;
  close(): Promise<void>;
}

export async function createSocketGateway(setup: SocketGatewayOptions): Promise<SocketGateway> {
  const clock = systemClock;
  const wheel = new TimerWheel(clock);
  const controller = new FakeController();
  const ended: Exchange[] = [];
  const released: string[] = [];
  const waiters: Array<(exchange: Exchange) => void> = [];
  let seen = 0;
  const gateway = createGateway(
    {
      dialect: setup.dialect ?? createEspV2Dialect(),
      clock,
      logger: silentLogger,
      random: Math.random,
      createRequestId: () => 'request-1',
      observers: [
        {
          onExchangeEnd(exchange) {
            ended.push(exchange);
            const waiter = waiters.shift();
            if (waiter === undefined) return;
            seen++;
            waiter(exchange);
          },
        },
      ],
    },
    { ...testGatewayOptions, ...setup.options },
  );
  const registry = new ClusterRegistry(
    { connectTimeoutMs: 2000 },
    {
      resolver: new DnsResolver(),
      wheel,
    },
  );
  const swap = (configId: string, backendPort: number = setup.backendPort): void => {
    const clusters = registry.acquire(
      new Map([
        [
          testCluster,
          {
            name: testCluster,
            scheme: 'http',
            protocol: setup.backendProtocol ?? 'http/1.1',
            host: '127.0.0.1',
            port: backendPort,
            isUnixSocket: false,
          },
        ],
      ]),
    );
    gateway.serve([
      {
        snapshot: testSnapshot(testMethod(setup.method), { configId }),
        controller,
        clusters,
        percent: 100,
        release() {
          released.push(configId);
          clusters.release();
        },
      },
    ]);
  };
  swap('r0');
  const settings = createHttp1ServerSettings({ wheel, renderRejection: gateway.renderRejection });
  const listener = await createListener(
    { host: '127.0.0.1' },
    createHttpConnections({ http1: settings, http2: defaultHttp2Limits }, gateway),
    { wheel },
  );
  return {
    port: listener.port,
    gateway,
    controller,
    listener,
    ended,
    swap,
    released,
    nextEnd() {
      if (seen < ended.length) return Promise.resolve(ended[seen++] as Exchange);
      return new Promise((resolve) => waiters.push(resolve));
    },
    async close() {
      await listener.close();
      registry.destroy();
    },
  };
}

/** A backend of node:http on a free port. */
export async function startBackend(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** A client that speaks bytes. */
export class RawClient {
  readonly socket: Socket;
  received = '';
  readonly closed: Promise<void>;
  #waiters: Array<{ readonly test: (received: string) => boolean; readonly resolve: () => void }> = [];

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => {
      this.received += text;
      this.#wake();
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', () => resolve());
    });
  }

  write(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Resolves once what was received passes `test`. */
  until(test: (received: string) => boolean): Promise<void> {
    if (test(this.received)) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ test, resolve }));
  }

  #wake(): void {
    this.#waiters = this.#waiters.filter(({ test, resolve }) => {
      if (!test(this.received)) return true;
      resolve();
      return false;
    });
  }
}
