import { once } from 'node:events';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../helpers/eventually.ts';
import type { SeenCall } from '../grpc.cases.ts';

/** A gRPC backend that reads nothing into what it gets. */
export interface GrpcBackend {
  readonly port: number;
  /** Calls so far, whole or reset. */
  readonly calls: readonly SeenCall[];
  /** Called with each call whose message is here. */
  onMessage: (stream: ServerHttp2Stream) => void;
  callCount(count: number): Promise<void>;
  close(): void;
}

const pollMs = 5;

/** Starts one on a free port of this machine. */
export async function startGrpcBackend(messageBytes: number): Promise<GrpcBackend> {
  const calls: SeenCall[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session)).on('error', () => undefined);
  });
  server.on('stream', (stream: ServerHttp2Stream, fields) => {
    let body = Buffer.alloc(0);
    let isAnswered = false;
    const tell = (): void => {
      if (!isAnswered) backend.onMessage(stream);
      isAnswered = true;
    };
    stream.on('data', (chunk: Buffer) => {
      body = Buffer.concat([body, chunk]);
      if (body.length >= messageBytes) tell();
    });
    stream.on('end', () => {
      if (!stream.destroyed) tell();
    });
    stream.on('error', () => undefined);
    stream.on('close', () => calls.push({ fields, body: body.toString('hex'), reset: stream.rstCode ?? 0 }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const backend: GrpcBackend = {
    port: (server.address() as AddressInfo).port,
    calls,
    onMessage: () => undefined,
    async callCount(count) {
      await eventually(
        async () => await Promise.resolve(calls.length),
        (length) => length >= count,
        undefined,
        pollMs,
      );
    },
    close() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
  return backend;
}
