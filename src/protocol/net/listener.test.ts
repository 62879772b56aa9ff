import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import type { Socket } from 'node:net';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { connect as connectTls } from 'node:tls';
import { systemClock } from '../../core/clock.ts';
import { ManualClock } from '../../core/manual-clock.ts';
import { createLogger } from '../../telemetry/logger.ts';
import type { ConnectionInfo } from '../http/stream.ts';
import { Http2ServerConnection } from '../http2/http2-server-connection.ts';
import { defaultHttp2Limits } from '../http2/http2-settings.ts';
import type { CertificatePair } from './certificate.ts';
import { generateCertificate } from './certificate.ts';
import type { ConnectionFactory, Listener, ListenerDeps, ListenerOptions } from './listener.ts';
import { createListener } from './listener.ts';
import { readOctets } from './socket-reader.ts';
import { TimerWheel } from './timer-wheel.ts';
import type { CertificateSource, TlsServerOptions } from './tls-server-contexts.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-listener-'));
after(() => rmSync(folder, { recursive: true }));

const wheel = new TimerWheel(systemClock);
const nowMs = Date.now();
const serverCa = generateCertificate({
  nowMs,
  commonName: 'Server CA',
  isCa: true,
  hosts: [],
  keyType: 'ec',
});
const clientCa = generateCertificate({
  nowMs,
  commonName: 'Client CA',
  isCa: true,
  hosts: [],
  keyType: 'ec',
});
const leaf = (hosts: readonly string[], issuer = serverCa): CertificatePair =>
  generateCertificate({ nowMs, commonName: hosts[0] ?? '', hosts, issuer, keyType: 'ec' });
const serverPair = leaf(['localhost', '127.0.0.1']);
const clientPair = leaf(['client'], clientCa);

let fileNumber = 0;
function writePem(text: string, path = join(folder, `${fileNumber++}.pem`)): string {
  // Renamed into place, as certificate renewers do it.
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
  return path;
}
const pem = (pair: CertificatePair): CertificateSource => ({ kind: 'pem', ...pair });
const clientCaFile = writePem(clientCa.cert);

interface Seen {
  readonly infos: ConnectionInfo[];
  readonly received: string[];
}

/** HTTP/1 echoes `h1:` and the bytes, HTTP/2 answers every request. */
function factory(seen: Seen): ConnectionFactory {
  return {
    http1(socket, info, onGone) {
      seen.infos.push(info);
      const receive = (chunk: Buffer): void => {
        seen.received.push(chunk.toString('latin1'));
        socket.write(`h1:${chunk.toString('latin1')}`);
      };
      readOctets(socket, { receive });
      socket.on('end', () => socket.end());
      socket.on('close', onGone);
      return { receive, drain: () => socket.end(), destroy: () => socket.destroy() };
    },
    http2(socket, info, onGone) {
      seen.infos.push(info);
      return new Http2ServerConnection(
        socket,
        { info, limits: { ...defaultHttp2Limits, drainGraceMs: 1 }, wheel },
        {
          onRequest: (stream) => stream.sendHead({ status: 204, headers: [], bodyLength: 0 }, true),
          onReject: () => undefined,
          onClose: onGone,
        },
      );
    },
  };
}

async function withListener(
  options: ListenerOptions,
  test: (listener: Listener, seen: Seen) => Promise<void>,
  deps: ListenerDeps = {},
): Promise<void> {
  const seen: Seen = { infos: [], received: [] };
  const listener = await createListener({ host: '127.0.0.1', ...options }, factory(seen), deps);
  try {
    await test(listener, seen);
  } finally {
    await listener.close();
  }
}

function once(socket: Socket, event: 'data' | 'close' | 'connect' | 'secureConnect'): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve);
    if (event !== 'close') socket.once('error', reject);
  });
}

async function http2Status(url: string, options: ConnectionOptions = {}): Promise<number> {
  const session = connectHttp2(url, { ...options });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  session.on('error', reject);
  const request = session.request({ ':path': '/' });
  request.on('error', reject);
  request.on('response', (headers) => resolve(headers[':status'] ?? 0));
  request.resume();
  try {
    return await promise;
  } finally {
    session.destroy();
  }
}

async function tlsConnect(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectTls({
    host: '127.0.0.1',
    port,
    ca: serverCa.cert,
    servername: 'localhost',
    ...options,
  });
  await once(socket, 'secureConnect');
  return socket;
}

describe('createListener, plain text', () => {
  it('takes HTTP/2 with prior knowledge', async () => {
    await withListener({}, async (listener) => {
      assert.equal(await http2Status(`http://127.0.0.1:${listener.port}`), 204);
    });
  });

  for (const text of [
    'GET / HTTP/1.1\r\n',
    'POST / HTTP/1.1\r\n',
    'PUT /',
    'PATCH /',
    'PRI * HTTP/1.1\r\n',
    '\r\nGET',
  ])
    it(`gives ${JSON.stringify(text)} to HTTP/1, sent octet by octet`, async () => {
      await withListener({}, async (listener, seen) => {
        const socket = connectTcp(listener.port, '127.0.0.1');
        socket.setNoDelay(true);
        await once(socket, 'connect');
        for (const char of text) {
          socket.write(char);
          await new Promise(setImmediate);
        }
        let echoed = '';
        for await (const chunk of socket) {
          echoed += String(chunk).replaceAll('h1:', '');
          if (echoed.length === text.length) break;
        }
        assert.equal(echoed, text);
        assert.equal(seen.received.join(''), text);
      });
    });

  it('takes an HTTP/2 preface that arrives octet by octet', async () => {
    await withListener({}, async (listener) => {
      const socket = connectTcp(listener.port, '127.0.0.1');
      socket.setNoDelay(true);
      for (const char of 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0') {
        socket.write(char, 'latin1');
        await new Promise(setImmediate);
      }
      const settings = (await once(socket, 'data')) as Buffer;
      assert.equal(settings[3], 4);
      socket.destroy();
    });
  });

  it('closes a connection that says nothing in time', async () => {
    const clock = new ManualClock();
    await withListener(
      { handshakeTimeoutMs: 5000 },
      async (listener) => {
        const socket = connectTcp(listener.port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write('P');
        while (listener.connections === 0) await new Promise(setImmediate);
        const closed = once(socket, 'close');
        clock.advance(5100);
        await closed;
      },
      { clock },
    );
  });

  it('tells who is at the other end', async () => {
    await withListener({}, async (listener, seen) => {
      const socket = connectTcp(listener.port, '127.0.0.1');
      socket.write('GET');
      await once(socket, 'data');
      const [info] = seen.infos;
      assert.equal(info?.remoteAddress, '127.0.0.1');
      assert.equal(info?.remotePort, socket.localPort);
      assert.equal(info?.localPort, listener.port);
      assert.equal(info?.tls, undefined);
      socket.destroy();
    });
  });

  it('shows an IPv4 peer of an IPv6 listener as IPv4', async () => {
    await withListener({ host: '::' }, async (listener, seen) => {
      const socket = connectTcp(listener.port, '127.0.0.1');
      socket.write('GET');
      await once(socket, 'data');
      assert.equal(seen.infos[0]?.remoteAddress, '127.0.0.1');
      socket.destroy();
    });
  });

  it('listens at IPv6', async () => {
    await withListener({ host: '::1' }, async (listener) => {
      assert.equal(await http2Status(`http://[::1]:${listener.port}`), 204);
    });
  });

  it('listens at a Unix socket and replaces a stale one', async () => {
    const unixSocket = join(folder, 'listener.sock');
    writeFileSync(unixSocket, '');
    await withListener({ unixSocket }, async (listener, seen) => {
      const socket = connectTcp(unixSocket);
      socket.write('GET');
      await once(socket, 'data');
      assert.equal(seen.infos[0]?.remoteAddress, '');
      assert.equal(listener.port, 0);
      socket.destroy();
    });
  });

  it('does not take over a Unix socket that is in use', async () => {
    const unixSocket = join(folder, 'used.sock');
    await withListener({ unixSocket }, async () => {
      await assert.rejects(createListener({ unixSocket }, factory({ infos: [], received: [] })), {
        code: 'EADDRINUSE',
      });
    });
  });

  it('rejects when the port is taken', async () => {
    await withListener({}, async ({ port }) => {
      const second = createListener({ host: '127.0.0.1', port }, factory({ infos: [], received: [] }));
      await assert.rejects(second, { code: 'EADDRINUSE' });
    });
  });

  it('shares a port when told so', async () => {
    await withListener({ reusePort: true }, async ({ port }) => {
      await withListener({ reusePort: true, port }, async (second) => assert.equal(second.port, port));
    });
  });

  it('closes what comes beyond the connection limit', async () => {
    await withListener({ maxConnections: 1 }, async (listener) => {
      const first = connectTcp(listener.port, '127.0.0.1');
      first.write('GET');
      await once(first, 'data');
      const second = connectTcp(listener.port, '127.0.0.1');
      await once(second, 'close');
      assert.equal(listener.connections, 1);
      first.destroy();
    });
  });

  it('drains: takes no connection, lets those there end, resolves then', async () => {
    await withListener({}, async (listener) => {
      const socket = connectTcp(listener.port, '127.0.0.1');
      socket.write('GET');
      await once(socket, 'data');
      const ended = new Promise((resolve) => socket.once('end', resolve));
      socket.resume();
      const drained = listener.drain({ timeoutMs: 60_000 });
      await ended;
      await drained;
      assert.equal(listener.connections, 0);
      const late = connectTcp(listener.port, '127.0.0.1');
      late.on('error', () => undefined);
      await once(late, 'close');
    });
  });

  it('closes connections that have said nothing when it drains', async () => {
    await withListener({}, async (listener) => {
      const socket = connectTcp(listener.port, '127.0.0.1');
      socket.on('error', () => undefined);
      while (listener.connections === 0) await new Promise(setImmediate);
      await listener.drain({ timeoutMs: 60_000 });
      assert.equal(listener.connections, 0);
    });
  });

  it('stops waiting for a drain when the time is up', async () => {
    const clock = new ManualClock();
    await withListener(
      {},
      async (listener) => {
        const socket = connectTcp({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
        socket.write('GET');
        await once(socket, 'data');
        const drained = listener.drain({ timeoutMs: 3000 });
        clock.advance(3000);
        await drained;
        assert.equal(listener.connections, 1);
        socket.destroy();
      },
      { clock },
    );
  });
});

describe('createListener, TLS', () => {
  const tls = (options: Partial<TlsServerOptions> = {}): ListenerOptions => ({
    tls: { certificates: [pem(serverPair)], ...options },
  });

  it('chooses HTTP/2 by ALPN', async () => {
    await withListener(tls(), async ({ port }) => {
      assert.equal(
        await http2Status(`https://localhost:${port}`, { ca: serverCa.cert, host: '127.0.0.1' }),
        204,
      );
    });
  });

  for (const ALPNProtocols of [['http/1.1'], undefined])
    it(`speaks HTTP/1.1 with ALPN ${String(ALPNProtocols)}`, async () => {
      await withListener(tls(), async ({ port }, seen) => {
        const socket = await tlsConnect(port, ALPNProtocols === undefined ? {} : { ALPNProtocols });
        socket.write('GET /');
        assert.equal(String(await once(socket, 'data')), 'h1:GET /');
        const info = seen.infos[0]?.tls;
        assert.equal(info?.version, 'TLSv1.3');
        assert.equal(info?.serverName, 'localhost');
        assert.equal(info?.peerFingerprint, undefined);
        socket.destroy();
      });
    });

  it('recognises HTTP/2 without ALPN', async () => {
    await withListener(tls(), async ({ port }) => {
      const socket = await tlsConnect(port);
      socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
      assert.equal(((await once(socket, 'data')) as Buffer)[3], 4);
      socket.destroy();
    });
  });

  it('refuses versions outside the range', async () => {
    await withListener(tls({ versions: { minVersion: 'TLSv1.3' } }), async ({ port }) => {
      await assert.rejects(tlsConnect(port, { maxVersion: 'TLSv1.2' }));
      const socket = await tlsConnect(port);
      assert.equal(socket.getProtocol(), 'TLSv1.3');
      socket.destroy();
    });
  });

  it('speaks TLS 1.0 when told so', async () => {
    await withListener(tls({ versions: { minVersion: 'TLSv1' } }), async ({ port }) => {
      const legacy = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      const socket = await tlsConnect(port, legacy);
      assert.equal(socket.getProtocol(), 'TLSv1');
      socket.destroy();
    });
  });

  it('speaks only the cipher suites given', async () => {
    const cipherSuites = ['ECDHE-ECDSA-CHACHA20-POLY1305'];
    await withListener(tls({ cipherSuites, versions: { maxVersion: 'TLSv1.2' } }), async ({ port }) => {
      const socket = await tlsConnect(port);
      assert.equal(socket.getCipher().name, 'ECDHE-ECDSA-CHACHA20-POLY1305');
      socket.destroy();
      await assert.rejects(tlsConnect(port, { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }));
    });
  });

  it('chooses the certificate by SNI', async () => {
    const other = leaf(['*.example.com']);
    await withListener(tls({ certificates: [pem(serverPair), pem(other)] }), async ({ port }) => {
      const socket = await tlsConnect(port, { servername: 'api.example.com' });
      assert.equal(socket.getPeerX509Certificate()?.subject, 'CN=*.example.com');
      socket.destroy();
      const fallback = await tlsConnect(port);
      assert.equal(fallback.getPeerX509Certificate()?.subject, 'CN=localhost');
      fallback.destroy();
    });
  });

  it('requires a client certificate when there is an authority for it', async () => {
    await withListener(tls({ clientCaFile }), async ({ port }, seen) => {
      for (const options of [{}, leaf(['stranger'])]) {
        // With TLS 1.3 the refusal comes after the client's handshake.
        const socket = connectTls({
          host: '127.0.0.1',
          port,
          ca: serverCa.cert,
          servername: 'localhost',
          ...options,
        });
        socket.on('error', () => undefined);
        socket.write('GET');
        await once(socket, 'close');
      }
      assert.equal(seen.infos.length, 0);
      const socket = await tlsConnect(port, clientPair);
      socket.write('GET');
      await once(socket, 'data');
      const info = seen.infos[0]?.tls;
      assert.match(info?.peerFingerprint ?? '', /^[0-9a-f]{64}$/);
      assert.equal(info?.peerSubject, 'CN=client');
      socket.destroy();
    });
  });

  it('takes clients without certificate when it is optional, but none with a bad one', async () => {
    await withListener(tls({ clientCaFile, clientCertificate: 'optional' }), async ({ port }, seen) => {
      const anonymous = await tlsConnect(port);
      anonymous.write('GET');
      await once(anonymous, 'data');
      assert.equal(seen.infos[0]?.tls?.peerFingerprint, undefined);
      anonymous.destroy();
      const stranger = await tlsConnect(port, leaf(['stranger']));
      stranger.on('error', () => undefined);
      await once(stranger, 'close');
      assert.equal(seen.infos.length, 1);
    });
  });

  it('takes a new certificate when its files change, and keeps it when the next one is broken', async () => {
    const clock = new ManualClock();
    const logged: string[] = [];
    const log = createLogger({ sink: (line) => logged.push(line) });
    const certFile = writePem(serverPair.cert);
    const keyFile = writePem(serverPair.key);
    const options = tls({ certificates: [{ kind: 'files', certFile, keyFile }], reloadIntervalMs: 1000 });
    const subjectOf = async (port: number): Promise<string | undefined> => {
      const socket = await tlsConnect(port, { rejectUnauthorized: false });
      const subject = socket.getPeerX509Certificate()?.subject;
      socket.destroy();
      return subject;
    };
    await withListener(
      options,
      async ({ port }) => {
        assert.equal(await subjectOf(port), 'CN=localhost');
        const renewed = leaf(['renewed']);
        writePem(renewed.cert, certFile);
        writePem(renewed.key, keyFile);
        clock.advance(1000);
        assert.equal(await subjectOf(port), 'CN=renewed');
        writePem('not a certificate', certFile);
        clock.advance(1000);
        assert.equal(await subjectOf(port), 'CN=renewed');
        assert.match(logged.join(''), /"level":"error".*the old one stays/);
      },
      { clock, log },
    );
  });

  it('rejects a certificate that cannot be used, naming the file', async () => {
    const certFile = writePem('nonsense');
    const options = tls({ certificates: [{ kind: 'files', certFile, keyFile: certFile }] });
    await assert.rejects(createListener(options, factory({ infos: [], received: [] })), { path: certFile });
  });

  for (const text of ['', '-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n'])
    it(`rejects authorities that cannot be read from ${JSON.stringify(text)}`, async () => {
      const path = writePem(text);
      const listener = createListener(tls({ clientCaFile: path }), factory({ infos: [], received: [] }));
      await assert.rejects(listener, { path });
    });

  it('survives a client that speaks plain text', async () => {
    await withListener(tls(), async ({ port }) => {
      const socket = connectTcp(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('GET / HTTP/1.1\r\n\r\n');
      await once(socket.resume(), 'close');
      const next = await tlsConnect(port);
      next.destroy();
    });
  });
});
