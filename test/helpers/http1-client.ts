import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import type { HeaderList } from '../../src/protocol/http/headers.ts';
import type {
  ClientStream,
  ClientStreamHandler,
  RequestHead,
  ResponseHead,
  UpstreamFailure,
} from '../../src/protocol/http/stream.ts';
import { Http1ClientConnection } from '../../src/protocol/http1/client-connection.ts';
import type { Http1ClientOptions } from '../../src/protocol/http1/client-settings.ts';
import { createHttp1ClientSettings } from '../../src/protocol/http1/client-settings.ts';
import type { RawPeer, RawServer } from './raw-http.ts';
import { listenRaw } from './raw-http.ts';

/** A response as the client's user saw it. */
export interface SeenResponse {
  readonly stream: ClientStream;
  head: ResponseHead | undefined;
  body: string;
  readonly interim: (readonly [status: number, headers: HeaderList])[];
  trailers: HeaderList | undefined;
  hasEnded: boolean;
  drains: number;
  error: UpstreamFailure | undefined;
}

/** A client connection to a server that the test plays byte by byte. */
export interface Http1TestClient {
  readonly server: RawPeer;
  readonly connection: Http1ClientConnection;
  readonly idles: number;
  readonly closes: number;
  /** Sends `GET / HTTP/1.1` to `a.example`, with what is given instead. */
  request(head?: Partial<RequestHead>, hooks?: Partial<ClientStreamHandler>): SeenResponse;
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Opens both ends. */
export async function startHttp1Client(options: Http1ClientOptions = {}): Promise<Http1TestClient> {
  const listener: RawServer = await listenRaw();
  const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  const server = await listener.peer(0);
  const changes = new EventEmitter();
  const changed = (): void => void changes.emit('changed');
  let [idles, closes] = [0, 0];
  const connection = new Http1ClientConnection(socket, createHttp1ClientSettings(options), {
    onIdle() {
      idles++;
      changed();
    },
    onClose() {
      closes++;
      changed();
    },
  });
  return {
    server,
    connection,
    get idles() {
      return idles;
    },
    get closes() {
      return closes;
    },
    request: (head = {}, hooks = {}) => send(connection, head, hooks, changed),
    async until(condition) {
      while (!condition()) await once(changes, 'changed');
    },
    async close() {
      connection.destroy();
      await listener.close();
    },
  };
}

function send(
  connection: Http1ClientConnection,
  head: Partial<RequestHead>,
  hooks: Partial<ClientStreamHandler>,
  changed: () => void,
): SeenResponse {
  const handler: ClientStreamHandler = {
    onInformational(status, headers) {
      seen.interim.push([status, headers]);
    },
    onHead(responseHead, ended) {
      seen.head = responseHead;
      seen.hasEnded = ended;
      hooks.onHead?.(responseHead, ended);
      changed();
    },
    onBody(chunk) {
      seen.body += chunk.toString('latin1');
      hooks.onBody?.(chunk);
      changed();
    },
    onBodyEnd(trailers) {
      seen.trailers = trailers;
      seen.hasEnded = true;
      changed();
    },
    onDrain() {
      seen.drains++;
      hooks.onDrain?.();
      changed();
    },
    onError(error) {
      seen.error = error;
      changed();
    },
  };
  const request: RequestHead = {
    method: 'GET',
    scheme: 'http',
    authority: 'a.example',
    target: '/',
    headers: [],
    version: 'HTTP/1.1',
    bodyLength: 0,
    upgrade: undefined,
    ...head,
  };
  const endsNow = request.bodyLength === 0 && request.upgrade === undefined;
  const seen: SeenResponse = {
    stream: connection.request(request, handler, endsNow),
    head: undefined,
    body: '',
    interim: [],
    trailers: undefined,
    hasEnded: false,
    drains: 0,
    error: undefined,
  };
  return seen;
}
