import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import type { HeaderList } from '../../protocol/http/headers.ts';
import { requestHead } from '../../protocol/http/request-head.fixture.ts';
import type { RequestHead, ResponseHead, UpstreamFailure } from '../../protocol/http/stream.ts';
import { DnsResolver } from '../../protocol/net/dns-resolver.ts';
import { TimerWheel } from '../../protocol/net/timer-wheel.ts';
import type { ClusterConfig } from '../routing/method-config.ts';
import type { Cluster, ClusterDeps, ClusterOptions } from './cluster.ts';
import { createCluster } from './cluster.ts';
import type { UpstreamTimeoutKind } from './time-limits.ts';
import type { UpstreamCall, UpstreamHandler } from './upstream-call.ts';

/** How a request ended. */
export type Outcome =
  | { readonly kind: 'complete'; readonly trailers: HeaderList | undefined }
  | { readonly kind: 'failed'; readonly failure: UpstreamFailure }
  | { readonly kind: 'timeout'; readonly limit: UpstreamTimeoutKind; readonly responseStarted: boolean }
  | { readonly kind: 'bufferExceeded' };

/** A handler that records everything and lets a test wait for what it needs. */
export class CallRecorder implements UpstreamHandler {
  head: ResponseHead | undefined = undefined;
  body = '';
  informational: number[] = [];
  drains = 0;
  readonly started: PromiseWithResolvers<ResponseHead> = Promise.withResolvers<ResponseHead>();
  readonly over: PromiseWithResolvers<Outcome> = Promise.withResolvers<Outcome>();
  readonly drained: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  onChunk: ((text: string) => void) | undefined = undefined;

  onInformational(status: number): void {
    this.informational.push(status);
  }

  onHead(head: ResponseHead, ended: boolean): void {
    this.head = head;
    this.started.resolve(head);
    if (ended) this.over.resolve({ kind: 'complete', trailers: undefined });
  }

  onBody(chunk: Buffer): void {
    this.body += chunk.toString('latin1');
    this.onChunk?.(chunk.toString('latin1'));
  }

  onBodyEnd(trailers: HeaderList | undefined): void {
    this.over.resolve({ kind: 'complete', trailers });
  }

  onDrain(): void {
    this.drains++;
    this.drained.resolve();
  }

  onError(failure: UpstreamFailure): void {
    this.over.resolve({ kind: 'failed', failure });
  }

  onTimeout(limit: UpstreamTimeoutKind, responseStarted: boolean): void {
    this.over.resolve({ kind: 'timeout', limit, responseStarted });
  }

  onRetryBufferExceeded(): void {
    this.over.resolve({ kind: 'bufferExceeded' });
  }
}

/** A cluster config for a local port. */
export function clusterConfig(port: number, config: Partial<ClusterConfig> = {}): ClusterConfig {
  return {
    name: 'backend',
    scheme: 'http',
    protocol: 'http/1.1',
    host: '127.0.0.1',
    port,
    isUnixSocket: false,
    ...config,
  };
}

/** A cluster with the machine's clock unless another one is given; retries wait no time. */
export function openCluster(
  config: ClusterConfig,
  options: ClusterOptions = {},
  deps: Partial<ClusterDeps> & { readonly clock?: Clock } = {},
): Cluster {
  const clock = deps.clock ?? systemClock;
  return createCluster(config, options, {
    resolver: deps.resolver ?? new DnsResolver({ clock }),
    wheel: new TimerWheel(clock),
    random: () => 0,
    ...deps,
    clock,
  });
}

/** Sends a request; its body, if there is one, at once. */
export function send(
  cluster: Cluster,
  head: Partial<RequestHead> = {},
  options: { readonly body?: string; readonly deadlineMs?: number; readonly idleTimeoutMs?: number } = {},
): { readonly recorder: CallRecorder; readonly call: UpstreamCall } {
  const { body, deadlineMs = 0, idleTimeoutMs = 0 } = options;
  const recorder = new CallRecorder();
  const length = body === undefined ? {} : { bodyLength: body.length };
  const call = cluster.request(requestHead({ ...length, ...head }), recorder, { deadlineMs, idleTimeoutMs });
  if (body !== undefined) {
    call.sendData(Buffer.from(body, 'latin1'));
    call.sendEnd();
  }
  return { recorder, call };
}

/** A TCP server that speaks whatever a test writes. */
export interface RawServer extends AsyncDisposable {
  readonly port: number;
  readonly sockets: readonly Socket[];
}

/** @param onRequest called with what arrived, each time a blank line has come; `n` counts them over all connections */
export async function startRawServer(
  onRequest: (socket: Socket, text: string, n: number) => void,
  onConnection: (socket: Socket) => void = () => undefined,
): Promise<RawServer> {
  const sockets: Socket[] = [];
  let count = 0;
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    onConnection(socket);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const whole = text;
      text = '';
      onRequest(socket, whole, ++count);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An HTTP/1.1 response with a body. */
export function response(status: number, body: string, fields: string = ''): string {
  return `HTTP/1.1 ${status} X\r\ncontent-length: ${body.length}\r\n${fields}\r\n${body}`;
}

/** Lets everything that is ready happen. */
export async function settle(turns: number = 10): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise(setImmediate);
}

/** Waits until `condition` holds; the runner's timeout bounds it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}
