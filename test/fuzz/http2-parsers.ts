import type { Http2Server, ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:http2';
import type { Duplex } from 'node:stream';
import { duplexPair } from 'node:stream';
import type { Http2ServerStream } from '../../src/protocol/http2/http2-server-stream.ts';
import { H2Server } from '../helpers/h2-server.ts';
import { describeEnd, preface, settings } from '../helpers/raw-h2.ts';
import { turn } from '../helpers/written-frames.ts';

/** A request as a codec understood it. */
export interface ParsedH2Request {
  readonly id: number;
  readonly method: string;
  readonly target: string;
  readonly authority: string;
  /** Of an extended CONNECT (RFC 8441). */
  readonly protocol: string | undefined;
  readonly headers: readonly string[];
  body: string;
  trailers: readonly string[];
  /** It was read to its end. */
  isWhole: boolean;
  /** Somebody has reset it. */
  isReset: boolean;
}

/** What a codec made of a connection. */
export interface ParsedConnection {
  readonly requests: ParsedH2Request[];
  /** How it ended by fault of the client; undefined if it did not. */
  problem: string | undefined;
  /** Streams that were refused before a request was seen. */
  refused: number;
}

const greeting = Buffer.concat([Buffer.from(preface, 'latin1'), settings()]);

/** Our codec: octets from each of `pieces` behind the greeting; nothing is answered. */
export async function parseWithOurs(pieces: readonly Buffer[]): Promise<ParsedConnection> {
  const server = new H2Server({ allowUnderscores: true });
  server.send(greeting);
  for (const piece of pieces) server.send(piece);
  const ends = (await server.frames()).flatMap((one) => describeEnd(one) ?? []);
  const requests = server.seen.map(({ stream, body, trailers, told }): ParsedH2Request => {
    const { request } = stream;
    return {
      id: (stream as Http2ServerStream).id,
      method: request.method,
      target: request.target,
      authority: request.authority,
      protocol: request.upgrade,
      headers: request.headers,
      body,
      trailers: trailers ?? [],
      isWhole: told.includes('end'),
      isReset: told.some((one) => one.startsWith('abort')),
    };
  });
  const problem = ends.find((end) => end.startsWith('GOAWAY'));
  const parsed = { requests, problem, refused: ends.length - (problem === undefined ? 0 : 1) };
  server.socket.destroy();
  await turn();
  const { openStreams } = server.connection;
  if (openStreams !== 0 || server.wheel.size !== 0 || !server.hasClosed)
    throw new Error(`left behind: ${openStreams} streams, ${server.wheel.size} timers`);
  return parsed;
}

/** So many turns of the event loop take node:http2 to hand everything on, with some to spare. */
const turns = 4;

/** The codec of node:http2. */
export class NodeH2Parser {
  readonly #server: Http2Server;
  #parsed: ParsedConnection = { requests: [], problem: undefined, refused: 0 };
  #sessionEnd: () => void = () => undefined;

  constructor() {
    const server = createServer({
      settings: { enableConnectProtocol: true },
      strictSingleValueFields: false,
    } as object);
    server.on('session', (session) => {
      this.#sessionEnd = () => session.destroy();
      session.on('error', (error: NodeJS.ErrnoException) => {
        this.#parsed.problem ??= error.code;
      });
    });
    server.on('stream', (stream: ServerHttp2Stream, _headers: unknown, _flags: number, raw: string[]) =>
      this.#parsed.requests.push(watch(stream, raw)),
    );
    this.#server = server;
  }

  async parse(bytes: Buffer): Promise<ParsedConnection> {
    const parsed: ParsedConnection = { requests: [], problem: undefined, refused: 0 };
    this.#parsed = parsed;
    const [near, far] = duplexPair() as [Duplex, Duplex];
    far.resume();
    this.#server.emit('connection', near);
    far.write(Buffer.concat([greeting, bytes]));
    for (let i = 0; i < turns; i++) await turn();
    const copy = { ...parsed, requests: parsed.requests.map((request) => ({ ...request })) };
    this.#sessionEnd();
    far.destroy();
    return copy;
  }
}

function watch(stream: ServerHttp2Stream, raw: readonly string[]): ParsedH2Request {
  const pseudo = new Map<string, string>();
  const headers: string[] = [];
  let host = '';
  let cookieAt = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const [name, value] = [raw[i] as string, raw[i + 1] as string];
    if (name.startsWith(':')) pseudo.set(name, value);
    else if (name === 'host') host = value;
    else if (name === 'cookie' && cookieAt > 0) headers[cookieAt] += `; ${value}`;
    else if (name === 'cookie') cookieAt = headers.push(name, value) - 1;
    else if (name !== 'content-length' && name !== 'expect') headers.push(name, value);
  }
  const authority = pseudo.get(':authority') ?? host;
  const protocol = pseudo.get(':protocol');
  const request: ParsedH2Request = {
    id: stream.id ?? 0,
    method: protocol === undefined ? (pseudo.get(':method') ?? '') : 'GET',
    target: pseudo.get(':path') ?? authority,
    authority,
    protocol,
    headers,
    body: '',
    trailers: [],
    isWhole: false,
    isReset: false,
  };
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => void (request.body += chunk.toString('latin1')));
  stream.on('trailers', (_trailers, _flags, fields: string[]) => void (request.trailers = fields));
  stream.on('end', () => void (request.isWhole = !stream.aborted));
  stream.on('close', () => void (request.isReset = true));
  return request;
}
