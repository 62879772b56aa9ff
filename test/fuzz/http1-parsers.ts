import type { IncomingMessage } from 'node:http';
import { Server } from 'node:http';
import type { ConnectionInfo, ServerStream } from '../../src/protocol/http/stream.ts';
import type { Http1Problem } from '../../src/protocol/http1/problem.ts';
import { Http1ServerConnection } from '../../src/protocol/http1/server-connection.ts';
import { createHttp1ServerSettings } from '../../src/protocol/http1/server-settings.ts';
import { closeFakeSocket, createFakeSocket } from './fake-socket.ts';

/** A request as a parser understood it. Field names are lower case. */
export interface ParsedRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly authority: string;
  readonly headers: readonly string[];
  body: string;
  trailers: readonly string[];
  /** The body was read to its end. */
  isWhole: boolean;
}

/** What a parser made of a stream of bytes. */
export interface ParsedStream {
  readonly requests: ParsedRequest[];
  /** Why it stopped; undefined if it did not. */
  problem: string | undefined;
  /** It would take nothing more. */
  isClosed: boolean;
}

const info: ConnectionInfo = {
  remoteAddress: '127.0.0.1',
  remotePort: 1,
  localAddress: '127.0.0.1',
  localPort: 2,
  tls: undefined,
};

/** The widest rules: whatever is taken under narrower ones is taken under these. */
const settings = createHttp1ServerSettings({
  http10: 'accept',
  underscores: 'allow',
  otherUpgrades: 'ignore',
  limits: { maxTrailerBytes: 60 * 1024 },
});

/** Our parser: bytes from each of `pieces`, every request answered as soon as it is whole. */
export function parseWithOurs(pieces: readonly Buffer[]): ParsedStream {
  const parsed: ParsedStream = { requests: [], problem: undefined, isClosed: false };
  const socket = createFakeSocket();
  const connection = new Http1ServerConnection(
    socket,
    { info, settings },
    {
      onRequest: (stream) => parsed.requests.push(watch(stream, parsed)),
      onRejection(rejection) {
        parsed.problem = rejection.problem satisfies Http1Problem;
      },
      onClose: () => undefined,
    },
  );
  for (const piece of pieces) connection.receive(piece);
  parsed.isClosed = socket.destroyed || socket.writableEnded;
  closeFakeSocket(socket);
  return parsed;
}

function watch(stream: ServerStream, parsed: ParsedStream): ParsedRequest {
  const { request } = stream;
  const seen: ParsedRequest = {
    method: request.method,
    target: request.target,
    version: request.version,
    authority: request.authority,
    headers: [...request.headers],
    body: '',
    trailers: [],
    isWhole: false,
  };
  stream.handler = {
    onBody(chunk) {
      seen.body += chunk.toString('latin1');
    },
    onBodyEnd(trailers) {
      seen.trailers = trailers ?? [];
      seen.isWhole = true;
      stream.sendHead({ status: 200, headers: [], bodyLength: 0 }, true);
    },
    onDrain: () => undefined,
    onAbort(reason) {
      parsed.problem ??= reason;
    },
    onComplete: () => undefined,
  };
  if (request.upgrade !== undefined) {
    seen.isWhole = true;
    stream.sendHead({ status: 200, headers: [], bodyLength: 0 }, true);
  }
  return seen;
}

/** Node's parser, through the server of node:http. */
export class NodeParser {
  readonly #server: Server;
  #requests: IncomingMessage[] = [];
  #problem: string | undefined = undefined;

  constructor() {
    const server = new Server({
      maxHeaderSize: 64 * 1024,
      requireHostHeader: true,
      shouldUpgradeCallback: () => false,
    });
    const take = (request: IncomingMessage): void => void this.#requests.push(request);
    server.on('request', take);
    server.on('checkContinue', take);
    server.on('checkExpectation', take);
    server.on('connect', take);
    server.on('clientError', (error: NodeJS.ErrnoException) => {
      this.#problem ??= error.code ?? error.message;
    });
    this.#server = server;
  }

  parse(bytes: Buffer): ParsedStream {
    this.#requests = [];
    this.#problem = undefined;
    const socket = createFakeSocket();
    this.#server.emit('connection', socket);
    // A copy: what the parser keeps must not change under it.
    socket.emit('data', Buffer.from(bytes));
    const requests = this.#requests.map(toParsedRequest);
    const problem = this.#problem;
    closeFakeSocket(socket);
    return { requests, problem, isClosed: problem !== undefined };
  }
}

function toParsedRequest(request: IncomingMessage): ParsedRequest {
  const { method = '', url = '', httpVersion, rawHeaders, rawTrailers, complete } = request;
  const body: Buffer[] = [];
  for (let chunk: unknown = request.read(); chunk instanceof Buffer; chunk = request.read()) body.push(chunk);
  return {
    method,
    target: url,
    version: `HTTP/${httpVersion}`,
    authority: request.headers.host ?? '',
    headers: toLowerNames(rawHeaders),
    body: Buffer.concat(body).toString('latin1'),
    trailers: toLowerNames(rawTrailers),
    isWhole: complete,
  };
}

function toLowerNames(raw: readonly string[]): string[] {
  return raw.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text));
}
