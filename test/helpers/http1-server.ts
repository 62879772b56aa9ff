import { once } from 'node:events';
import { createServer } from 'node:net';
import type { HeaderList } from '../../src/protocol/http/headers.ts';
import type { RequestHead, ServerStream, StreamAbortReason } from '../../src/protocol/http/stream.ts';
import type { Http1Rejection } from '../../src/protocol/http1/problem.ts';
import { Http1ServerConnection } from '../../src/protocol/http1/server-connection.ts';
import type { Http1ServerOptions } from '../../src/protocol/http1/server-settings.ts';
import { createHttp1ServerSettings } from '../../src/protocol/http1/server-settings.ts';
import { toConnectionInfo } from '../../src/protocol/net/connection-info.ts';
import { RawPeer, closeServer, listen } from './raw-http.ts';

/** A request as the server's user saw it. */
export interface SeenRequest {
  readonly stream: ServerStream;
  readonly head: RequestHead;
  body: string;
  chunks: number;
  trailers: HeaderList | undefined;
  hasEnded: boolean;
  drains: number;
  aborted: StreamAbortReason | undefined;
  completed: boolean;
}

/** What happens on requests; by default each is answered 200 `ok` when its body has ended. */
export interface SeenHooks {
  onRequest?(seen: SeenRequest): void;
  onBody?(seen: SeenRequest, chunk: Buffer): void;
  onEnd?(seen: SeenRequest): void;
  onDrain?(seen: SeenRequest): void;
}

/** A server on a free port of this machine whose user writes down everything. */
export interface Http1TestServer {
  readonly port: number;
  readonly seen: SeenRequest[];
  readonly rejections: Http1Rejection[];
  readonly connections: Http1ServerConnection[];
  /** Connections that are gone. */
  readonly closed: number;
  connect(): Promise<RawPeer>;
  /** Waits until the condition holds; it is looked at again after every event of the server. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Opens such a server. */
export async function startHttp1Server(
  options: Http1ServerOptions = {},
  hooks: SeenHooks = {},
): Promise<Http1TestServer> {
  const settings = createHttp1ServerSettings(options);
  const seen: SeenRequest[] = [];
  const rejections: Http1Rejection[] = [];
  const connections: Http1ServerConnection[] = [];
  const peers: RawPeer[] = [];
  let closed = 0;
  const changed = (): void => void server.emit('changed');
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const events = {
      onRequest: (stream: ServerStream) => {
        const request = watch(stream, hooks, changed);
        seen.push(request);
        hooks.onRequest?.(request);
        changed();
      },
      onRejection: (rejection: Http1Rejection) => {
        rejections.push(rejection);
        changed();
      },
      onClose: () => {
        closed++;
        changed();
      },
    };
    connections.push(new Http1ServerConnection(socket, { info: toConnectionInfo(socket), settings }, events));
    changed();
  });
  const port = await listen(server);
  return {
    port,
    seen,
    rejections,
    connections,
    get closed() {
      return closed;
    },
    async connect() {
      const peer = await RawPeer.connect(port);
      peers.push(peer);
      return peer;
    },
    async until(condition) {
      while (!condition()) await once(server, 'changed');
    },
    async close() {
      for (const peer of peers) peer.destroy();
      for (const connection of connections) connection.destroy();
      await closeServer(server);
    },
  };
}

/** Answers with a text of known length. */
export function respond(stream: ServerStream, text: string, status = 200): void {
  const body = Buffer.from(text, 'latin1');
  stream.sendHead({ status, headers: [], bodyLength: body.length }, false);
  stream.sendData(body);
  stream.sendEnd();
}

function watch(stream: ServerStream, hooks: SeenHooks, changed: () => void): SeenRequest {
  const seen: SeenRequest = {
    stream,
    head: stream.request,
    body: '',
    chunks: 0,
    trailers: undefined,
    hasEnded: false,
    drains: 0,
    aborted: undefined,
    completed: false,
  };
  stream.handler = {
    onBody(chunk) {
      seen.body += chunk.toString('latin1');
      seen.chunks++;
      hooks.onBody?.(seen, chunk);
      changed();
    },
    onBodyEnd(trailers) {
      seen.trailers = trailers;
      seen.hasEnded = true;
      if (hooks.onEnd !== undefined) hooks.onEnd(seen);
      else if (hooks.onRequest === undefined) respond(stream, 'ok');
      changed();
    },
    onDrain() {
      seen.drains++;
      hooks.onDrain?.(seen);
      changed();
    },
    onAbort(reason) {
      seen.aborted = reason;
      changed();
    },
    onComplete() {
      seen.completed = true;
      changed();
    },
  };
  return seen;
}
