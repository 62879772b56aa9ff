import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CertificatePair, generateCertificate } from '../../../src/protocol/net/certificate.ts';

/** Certificates of one test run: a CA that everybody trusts, one that nobody knows, and what they signed. */
export interface TestCertificates {
  readonly ca: string;
  readonly unknownCa: string;
  readonly server: CertificatePair;
  readonly unknownServer: CertificatePair;
  /** Of the known authority, for a host that is not this one. */
  readonly otherNamed: CertificatePair;
  readonly client: CertificatePair;
  readonly unknownClient: CertificatePair;
  readonly caFile: string;
  readonly unknownCaFile: string;
  /** Folders as the flags take them: `server.crt` and `server.key`, `client.crt` and `client.key`. */
  readonly serverFolder: string;
  readonly clientFolder: string;
}

/** Makes them and writes them below `folder`. */
export function createTestCertificates(folder: string): TestCertificates {
  const nowMs = Date.now();
  const authority = (commonName: string): CertificatePair =>
    generateCertificate({ nowMs, commonName, isCa: true, keyType: 'ec', hosts: [] });
  const signed = (
    commonName: string,
    issuer: CertificatePair,
    hosts: readonly string[] = ['localhost', '127.0.0.1'],
  ): CertificatePair => generateCertificate({ nowMs, commonName, issuer, hosts, keyType: 'ec' });
  const ca = authority('test CA');
  const unknownCa = authority('unknown CA');
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const pairs = { server: signed('localhost', ca), client: signed('client', ca) };
  for (const [name, pair] of Object.entries(pairs)) {
    write(`${name}/${name}.crt`, pair.cert);
    write(`${name}/${name}.key`, pair.key);
  }
  return {
    ...pairs,
    ca: ca.cert,
    unknownCa: unknownCa.cert,
    unknownServer: signed('localhost', unknownCa),
    otherNamed: signed('other.example.com', ca, ['other.example.com']),
    unknownClient: signed('client', unknownCa),
    caFile: write('ca.pem', ca.cert),
    unknownCaFile: write('unknown-ca.pem', unknownCa.cert),
    serverFolder: join(folder, 'server'),
    clientFolder: join(folder, 'client'),
  };
}
