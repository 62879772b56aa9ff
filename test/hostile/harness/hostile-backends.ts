import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { type CertificatePair, generateCertificate } from '../../../src/protocol/net/certificate.ts';
import { freePort } from '../../helpers/ports.ts';
import { Program } from '../../helpers/program.ts';

/** Backends that cannot be reached or cannot be trusted, by what is wrong with them: `scheme://host:port`. */
export interface HostileBackends {
  readonly addresses: Readonly<Record<HostileBackend, string>>;
  /** The authority that the proxy is to trust. */
  readonly caFile: string;
  readonly dnsPort: number;
  close(): Promise<void>;
}

export type HostileBackend =
  | 'refused'
  | 'blackHoled'
  | 'silentHandshake'
  | 'good'
  | 'expired'
  | 'wrongName'
  | 'selfSigned'
  | 'oldTls'
  | 'plainText'
  | 'samePort'
  | 'otherAlpn'
  | 'unknownName'
  | 'silentName'
  | 'manyAddresses';

const dayMs = 86_400_000;
/** More than its backlog takes, so that the next connection hangs. */
const fillers = 8;
const manyAddresses = 60;

/** Starts them all; `folder` takes the authority's certificate. */
export async function startHostileBackends(caFile: string, recordingPort: number): Promise<HostileBackends> {
  const nowMs = Date.now();
  const ca = generateCertificate({ nowMs, commonName: 'test CA', isCa: true, keyType: 'ec', hosts: [] });
  writeFileSync(caFile, ca.cert);
  const issue = (more: Partial<Parameters<typeof generateCertificate>[0]> = {}): CertificatePair =>
    generateCertificate({ nowMs, issuer: ca, keyType: 'ec', ...more });
  const closers: Array<() => unknown> = [];
  const tls = (options: TlsOptions): Promise<number> => listenTls(options, closers);
  const blackHole = await startBlackHole(closers);
  const dnsPort = await startDns(closers);
  const on = (scheme: string, port: number): string => `${scheme}://127.0.0.1:${port}`;
  return {
    caFile,
    dnsPort,
    addresses: {
      refused: on('http', await freePort()),
      blackHoled: on('http', blackHole),
      silentHandshake: on('https', await listenSilent(closers)),
      good: on('https', await tls(issue())),
      expired: on('https', await tls(issue({ nowMs: nowMs - 10 * dayMs, days: 1 }))),
      wrongName: on('https', await tls(issue({ hosts: ['other.example'] }))),
      selfSigned: on('https', await tls(generateCertificate({ nowMs, keyType: 'ec' }))),
      oldTls: on(
        'https',
        await tls({ ...issue(), minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      ),
      plainText: on('https', await listenPlain(closers)),
      samePort: on('https', recordingPort),
      otherAlpn: on('grpcs', await tls({ ...issue(), ALPNProtocols: ['http/1.1'] })),
      unknownName: `http://unknown.example:${recordingPort}`,
      silentName: `http://silent.example:${recordingPort}`,
      manyAddresses: `http://many.example:${recordingPort}`,
    },
    async close() {
      for (const closer of closers.toReversed()) await closer();
    },
  };
}

async function listenTls(options: TlsOptions, closers: Array<() => unknown>): Promise<number> {
  const server = createTlsServer(options, (socket) => {
    socket.on('error', ignore);
    socket.once('data', () =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'),
    );
  });
  server.on('tlsClientError', ignore);
  return await listen(server, closers);
}

/** Answers whatever it is told as HTTP/1.1 does. */
async function listenPlain(closers: Array<() => unknown>): Promise<number> {
  return await listen(
    createServer((socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    closers,
  );
}

/** Takes connections and never says a word. */
async function listenSilent(closers: Array<() => unknown>): Promise<number> {
  return await listen(
    createServer((socket) => void socket.on('error', ignore).resume()),
    closers,
  );
}

async function listen(server: Server, closers: Array<() => unknown>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', ignore);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A port whose process is stopped and whose backlog is full: the kernel drops what else wants to connect. */
async function startBlackHole(closers: Array<() => unknown>): Promise<number> {
  const script = `const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log('port', s.address().port))`;
  const program = Program.node(['-e', script]);
  closers.push(() => program.stop('SIGKILL'));
  const port = Number((await program.waitForLine(/^port \d+/)).slice('port '.length));
  program.child.kill('SIGSTOP');
  const sockets = Array.from({ length: fillers }, () => connect(port, '127.0.0.1').on('error', ignore));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  await once(sockets[0] as Socket, 'connect');
  return port;
}

const dnsHeaderBytes = 12;

/** Knows `many.example`, is silent about `silent.example`, and denies all other names (RFC 1035 §4). */
async function startDns(closers: Array<() => unknown>): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const name = query.toString('latin1', dnsHeaderBytes);
    if (name.startsWith('\x06silent')) return;
    const questionEnd = query.indexOf(0, dnsHeaderBytes) + 5;
    const isAddress = query.readUInt16BE(questionEnd - 4) === 1;
    const count = name.startsWith('\x04many') && isAddress ? manyAddresses : 0;
    const head = Buffer.alloc(dnsHeaderBytes);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(name.startsWith('\x04many') ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(count, 6);
    const record = Buffer.from([0xc0, dnsHeaderBytes, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
    socket.send(
      Buffer.concat([
        head,
        query.subarray(dnsHeaderBytes, questionEnd),
        ...Array<Buffer>(count).fill(record),
      ]),
      peer.port,
      peer.address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closers.push(() => socket.close());
  return socket.address().port;
}

function ignore(): void {}
