import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SocketGateway } from './pipeline/testing/socket-gateway.ts';
import { createSocketGateway } from './pipeline/testing/socket-gateway.ts';
import { anyConsumer } from './pipeline/testing/fake-controller.ts';

/** Every body is a part of it: what was mixed up with another one has another hash. */
const pool = randomBytes(17 * 1024 * 1024);
const sizes = [1, 900, 8_191, 8_192, 16_384, 16_385, 40_000, 131_072, 131_073, 300_000, 700_000];
const rounds = 4;
/** More than the kernel holds: a slow reader makes the gateway wait with pieces in its hands. */
const largeBytes = 16 * 1024 * 1024;

/** With a key: only who has one is checked. */
const path = '/echo?key=k';

interface Upload {
  readonly body: Buffer;
  readonly hash: string;
  /** Octets of each write of the client. */
  readonly step: number;
  readonly headers: Readonly<Record<string, string>>;
}

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

/** What the backend does to a request besides answering with the hash of its body. */
const behaviours = [
  {},
  { 'x-echo': '1' },
  { 'x-slow': '1' },
  { 'x-echo': '1', 'x-slow': '1' },
  { 'x-break': '1' },
];
let made = 0;

function* makeUploads(): Generator<Upload> {
  for (let round = 0; round < rounds; round++)
    for (const size of sizes) {
      const start = (made * 7919) % (pool.length - size);
      const body = pool.subarray(start, start + size);
      const step = [517, 16_384, 65_536, 1_000_000][made % 4] as number;
      const behaviour = behaviours[made % behaviours.length] as Record<string, string>;
      yield { body, hash: sha256(body), step, headers: { ...behaviour, 'x-id': String(made++) } };
    }
  const body = pool.subarray(0, largeBytes);
  for (const behaviour of [{}, { 'x-echo': '1' }])
    yield { body, hash: sha256(body), step: 1_000_000, headers: { ...behaviour, 'x-slow': '1' } };
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

const broken = new Set<string>();

/** Answers with the hash of the body, or with the body; slowly, or not at all the first time, if told so. */
async function answer(request: Request, response: Response): Promise<void> {
  const { headers } = request;
  const transport = 'stream' in request ? request.stream : request.socket;
  const isEcho = headers['x-echo'] !== undefined;
  const isBroken = headers['x-break'] !== undefined && !broken.has(String(headers['x-id']));
  const hash = createHash('sha256');
  if (isBroken) broken.add(String(headers['x-id']));
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (isBroken) break;
      hash.update(chunk);
      if (isEcho && !(response as ServerResponse).write(chunk))
        await once(response as ServerResponse, 'drain');
      if (headers['x-slow'] !== undefined) await nextTurn();
    }
  } catch {
    return;
  }
  if (isBroken) transport.destroy();
  else if (isEcho) response.end();
  else response.end(hash.digest('hex'));
}

/** Reads a message to its end with pauses; the hash of its content, or the content if it is one. */
async function hashOf(response: AsyncIterable<Buffer>, { headers }: Upload): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk);
    if (headers['x-slow'] !== undefined) await nextTurn();
  }
  const content = Buffer.concat(chunks);
  return headers['x-echo'] === undefined ? content.toString() : sha256(content);
}

async function write(stream: NodeJS.WritableStream, { body, step }: Upload): Promise<void> {
  for (let at = 0; at < body.length; at += step)
    if (!stream.write(body.subarray(at, at + step))) await once(stream, 'drain');
}

/** Few at a time, in their order: no more retries run at once than a cluster allows. */
async function runAll(upload: (one: Upload) => Promise<string>): Promise<void> {
  const uploads = makeUploads();
  const work = async (): Promise<void> => {
    for (const one of uploads) assert.equal(await upload(one), one.hash);
  };
  await Promise.all(Array.from({ length: 3 }, work));
}

async function uploadHttp1(port: number, agent: Agent, upload: Upload): Promise<string> {
  const hasLength = upload.step % 2 === 0;
  const headers = { ...upload.headers, ...(hasLength && { 'content-length': upload.body.length }) };
  const request = httpRequest({ port, agent, method: 'PUT', path, headers });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  void write(request, upload).then(() => request.end());
  const [response] = await answered;
  return hashOf(response, upload);
}

describe('bodies through the gateway', { timeout: 20_000 }, () => {
  const cleanups: Array<() => unknown> = [];
  after(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  async function serve(backendProtocol: 'http/1.1' | 'h2'): Promise<SocketGateway> {
    const listener = (request: Request, response: Response): void => void answer(request, response);
    const server = backendProtocol === 'h2' ? createHttp2Server(listener) : createServer(listener);
    server.on('upgrade', (_request: IncomingMessage, socket: Socket) => {
      socket.write('HTTP/1.1 101 x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const backendPort = (server.address() as AddressInfo).port;
    const served = await createSocketGateway({ backendPort, backendProtocol });
    // Every stage that asks it has to wait, and the body with it.
    served.controller.checkOutcome = Promise.resolve({
      kind: 'allowed',
      consumer: anyConsumer,
      failedOpen: false,
    });
    cleanups.push(() => {
      (server as Server).closeAllConnections?.();
      server.close();
    });
    cleanups.push(() => served.close());
    return served;
  }

  for (const backendProtocol of ['http/1.1', 'h2'] as const) {
    it(`arrive as they were sent by HTTP/1.1, at backends that speak ${backendProtocol}`, async (t) => {
      const { port } = await serve(backendProtocol);
      const agent = new Agent({ keepAlive: true, maxSockets: 6 });
      t.after(() => agent.destroy());
      await runAll((upload) => uploadHttp1(port, agent, upload));
    });

    it(`arrive as they were sent by HTTP/2, at backends that speak ${backendProtocol}`, async (t) => {
      const { port } = await serve(backendProtocol);
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      t.after(() => session.destroy());
      await runAll((upload) => {
        const stream = session.request({ ':method': 'PUT', ':path': path, ...upload.headers });
        void write(stream, upload).then(() => stream.end());
        return hashOf(stream, upload);
      });
    });
  }

  it('arrive as they were sent one behind the other', async () => {
    const { port } = await serve('http/1.1');
    const uploads = [...makeUploads()].map((upload) => ({ ...upload, headers: {} }));
    const socket = connect(port, '127.0.0.1');
    const received = textOf(socket);
    for (const [i, upload] of uploads.entries()) {
      const last = i === uploads.length - 1 ? 'connection: close\r\n' : '';
      socket.write(`PUT ${path} HTTP/1.1\r\nhost: a\r\n${last}content-length: ${upload.body.length}\r\n\r\n`);
      await write(socket, upload);
    }
    const hashes = (await received).match(/[0-9a-f]{64}/g);
    assert.deepEqual(
      hashes,
      uploads.map(({ hash }) => hash),
    );
  });

  it('pass through tunnels both ways', async () => {
    const { port } = await serve('http/1.1');
    await Promise.all(
      [...makeUploads()].slice(0, 12).map(async (upload) => {
        const socket = connect(port, '127.0.0.1');
        socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`);
        const [head] = (await once(socket, 'data')) as [Buffer];
        const rest = [head.subarray(head.indexOf('\r\n\r\n') + 4)];
        let length = rest[0]?.length ?? 0;
        void write(socket, upload);
        const isWhole = new Promise<void>((resolve) => {
          socket.on('data', (chunk: Buffer) => {
            rest.push(chunk);
            length += chunk.length;
            if (length === upload.body.length) resolve();
          });
        });
        await isWhole;
        socket.destroy();
        assert.equal(sha256(Buffer.concat(rest)), upload.hash);
      }),
    );
  });
});
