import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { TlsOptions, TLSSocket } from 'node:tls';
import { createServer as createTlsServer } from 'node:tls';
import { ManualClock } from '../../core/manual-clock.ts';
import { DnsResolver } from '../../protocol/net/dns-resolver.ts';
import type { CertificatePair, CertificateRequest } from '../../protocol/net/certificate.ts';
import { generateCertificate } from '../../protocol/net/certificate.ts';
import type { TlsClientOptions } from '../../protocol/net/tls-client-context.ts';
import type { ClusterConfig } from '../routing/method-config.ts';
import type { Cluster } from './cluster.ts';
import { noRetryPolicy } from './retry-policy.ts';
import { clusterConfig, openCluster, response, send } from './upstream.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
after(() => rmSync(folder, { recursive: true }));
const nowMs = Date.now();
const ca = generateCertificate({ nowMs, commonName: 'Backend CA', isCa: true, hosts: [], keyType: 'ec' });
const otherCa = generateCertificate({ nowMs, commonName: 'Other CA', isCa: true, hosts: [], keyType: 'ec' });
const leaf = (hosts: readonly string[], more: Partial<CertificateRequest> = {}): CertificatePair =>
  generateCertificate({ nowMs, commonName: hosts[0] ?? '', hosts, issuer: ca, keyType: 'ec', ...more });
let files = 0;
const file = (text: string): string => {
  const path = join(folder, `${files++}.pem`);
  writeFileSync(path, text);
  return path;
};
const rootCertsFile = file(ca.cert);
const good = leaf(['backend.example', '127.0.0.1']);
const resolver = new DnsResolver({
  query: () => Promise.resolve({ addresses: ['127.0.0.1'], ttlMs: undefined }),
});

interface TlsBackend extends AsyncDisposable {
  readonly port: number;
  readonly sockets: TLSSocket[];
}

async function startTls(options: TlsOptions): Promise<TlsBackend> {
  const sockets: TLSSocket[] = [];
  const server = createTlsServer(options, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(response(200, 'secure')));
  });
  server.on('tlsClientError', () => undefined);
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

function open(port: number, tls: TlsClientOptions, config: Partial<ClusterConfig> = {}): Cluster {
  const https = { scheme: 'https', host: 'backend.example', ...config } as const;
  return openCluster(clusterConfig(port, https), { tls, retry: noRetryPolicy }, { resolver });
}

async function outcomeOf(cluster: Cluster): Promise<string> {
  const { recorder } = send(cluster);
  const outcome = await recorder.over.promise;
  cluster.destroy();
  return outcome.kind === 'failed'
    ? `${outcome.failure.reason} ${outcome.failure.transport ?? ''}`
    : recorder.body;
}

const verifyFailed =
  /^remote_connection_failure TLS_error:\|268435581:.*:CERTIFICATE_VERIFY_FAILED:TLS_error_end$/;

describe('Cluster over TLS', () => {
  it('trusts a chain that ends at its authorities, and says whom it wants', async () => {
    await using server = await startTls(good);
    assert.equal(await outcomeOf(open(server.port, { rootCertsFile })), 'secure');
    const [socket] = server.sockets;
    assert.equal(socket?.servername, 'backend.example');
    assert.equal(socket?.alpnProtocol, false);
  });

  it('verifies an IP address against the certificate and sends no server name', async () => {
    await using server = await startTls(good);
    assert.equal(await outcomeOf(open(server.port, { rootCertsFile }, { host: '127.0.0.1' })), 'secure');
    assert.equal(server.sockets[0]?.servername, false);
  });

  const refused: ReadonlyArray<readonly [string, () => CertificatePair]> = [
    ['of another authority', () => leaf(['backend.example'], { issuer: otherCa })],
    ['for another name', () => leaf(['other.example'])],
    ['that signs itself', () => generateCertificate({ nowMs, hosts: ['backend.example'], keyType: 'ec' })],
    ['that has expired', () => leaf(['backend.example'], { nowMs: nowMs - 10 * 86_400_000, days: 1 })],
  ];
  for (const [what, make] of refused)
    it(`refuses a certificate ${what}`, async () => {
      await using server = await startTls(make());
      assert.match(await outcomeOf(open(server.port, { rootCertsFile })), verifyFailed);
    });

  it('takes any name of a trusted authority when told so', async () => {
    await using server = await startTls(leaf(['other.example']));
    assert.equal(await outcomeOf(open(server.port, { rootCertsFile, verifyHostname: false })), 'secure');
  });

  it('takes any certificate when told so', async () => {
    await using server = await startTls(leaf(['other.example'], { issuer: otherCa }));
    const tls = { rootCertsFile, verifyChain: false, verifyHostname: false };
    assert.equal(await outcomeOf(open(server.port, tls)), 'secure');
  });

  it('shows its own certificate', async () => {
    const client = leaf(['gateway']);
    await using server = await startTls({
      ...good,
      ca: ca.cert,
      requestCert: true,
      rejectUnauthorized: true,
    });
    assert.notEqual(await outcomeOf(open(server.port, { rootCertsFile })), 'secure');
    const tls = { rootCertsFile, clientCertFile: file(client.cert), clientKeyFile: file(client.key) };
    assert.equal(await outcomeOf(open(server.port, tls)), 'secure');
    assert.equal(server.sockets.at(-1)?.getPeerX509Certificate()?.subject, 'CN=gateway');
  });

  it('takes new authorities when their file changes, and keeps them when the next one is broken', async () => {
    const clock = new ManualClock();
    const path = file(otherCa.cert);
    await using server = await startTls(good);
    const cluster = openCluster(
      clusterConfig(server.port, { scheme: 'https', host: 'backend.example' }),
      { tls: { rootCertsFile: path }, retry: noRetryPolicy },
      { resolver, clock },
    );
    assert.equal((await send(cluster).recorder.over.promise).kind, 'failed');
    writeFileSync(path, ca.cert);
    assert.equal((await send(cluster).recorder.over.promise).kind, 'failed');
    for (const text of [ca.cert, '-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n']) {
      writeFileSync(path, text);
      clock.advance(10_000);
      for (const socket of server.sockets) socket.destroy();
      assert.equal((await send(cluster).recorder.over.promise).kind, 'complete');
    }
    cluster.destroy();
  });

  it('resumes sessions, but not those made under other authorities', async () => {
    const clock = new ManualClock();
    const path = file(ca.cert);
    await using server = await startTls(good);
    const cluster = openCluster(
      clusterConfig(server.port, { scheme: 'https', host: 'backend.example' }),
      { tls: { rootCertsFile: path }, retry: noRetryPolicy },
      { resolver, clock },
    );
    for (const isReused of [false, true]) {
      assert.equal((await send(cluster).recorder.over.promise).kind, 'complete');
      assert.equal(server.sockets.at(-1)?.isSessionReused(), isReused);
      const gone = server.sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const socket of server.sockets.splice(0)) socket.end();
      await Promise.all(gone);
    }
    writeFileSync(path, otherCa.cert);
    clock.advance(10_000);
    assert.equal((await send(cluster).recorder.over.promise).kind, 'failed');
    cluster.destroy();
  });

  it('refuses a backend that speaks TLS 1.0 alone', async () => {
    const legacy = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await using server = await startTls({ ...good, ...legacy });
    assert.match(
      await outcomeOf(open(server.port, { rootCertsFile })),
      /^remote_connection_failure TLS_error:/,
    );
  });

  it('offers only the cipher suites given', async () => {
    await using server = await startTls({ ...good, maxVersion: 'TLSv1.2' });
    const cipherSuites = ['ECDHE-ECDSA-CHACHA20-POLY1305'];
    assert.equal(await outcomeOf(open(server.port, { rootCertsFile, cipherSuites })), 'secure');
    assert.equal(server.sockets[0]?.getCipher().name, 'ECDHE-ECDSA-CHACHA20-POLY1305');
  });

  it('fails when plain text answers the handshake', async () => {
    const { startRawServer } = await import('./upstream.fixture.ts');
    await using server = await startRawServer(
      () => undefined,
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    assert.match(
      await outcomeOf(open(server.port, { rootCertsFile })),
      /^remote_connection_failure TLS_error:.*WRONG_VERSION/,
    );
  });

  it('speaks HTTP/2 by ALPN', async () => {
    const server = createSecureServer({ ...good }, (_request, answer) => answer.end('h2 secure'));
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    assert.equal(await outcomeOf(open(port, { rootCertsFile }, { protocol: 'h2' })), 'h2 secure');
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  for (const [what, ALPNProtocols] of [
    ['refuses ALPN', ['http/1.1']],
    ['ignores ALPN', undefined],
  ] as const)
    it(`fails with a remote connection failure when HTTP/2 is wanted and the backend ${what}`, async () => {
      await using server = await startTls({
        ...good,
        ...(ALPNProtocols === undefined ? {} : { ALPNProtocols: [...ALPNProtocols] }),
      });
      assert.match(
        await outcomeOf(open(server.port, { rootCertsFile }, { protocol: 'h2' })),
        /^remote_connection_failure TLS_error:/,
      );
    });

  it('names the file that it cannot use', () => {
    const path = file('nonsense');
    assert.throws(() => open(1, { rootCertsFile, clientCertFile: path, clientKeyFile: path }), { path });
    assert.throws(() => open(1, { rootCertsFile: join(folder, 'absent.pem') }), {
      path: join(folder, 'absent.pem'),
    });
  });
});
