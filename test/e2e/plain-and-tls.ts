import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { type ProxyUnderTest, startProxyUnderTest } from '../conformance/process/proxy-under-test.ts';
import { createTestCertificates } from '../conformance/process/test-certificates.ts';

/** Two proxies before the echo service, one of them with TLS; there while the tests of a suite run. */
export interface PlainAndTls {
  plain: ProxyUnderTest;
  tls: ProxyUnderTest;
  /** PEM file of the authority that the one with TLS is to be trusted for. */
  caFile: string;
}

/** Starts them before the tests of the suite that it is called in, and stops them after. */
export function plainAndTls(): PlainAndTls {
  const proxies: Partial<PlainAndTls> = {};
  let folder = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-clients-'));
    const certificates = createTestCertificates(join(folder, 'certificates'));
    proxies.caFile = certificates.caFile;
    proxies.plain = await startProxyUnderTest({ service: 'echo' }, join(folder, 'plain'), certificates);
    proxies.tls = await startProxyUnderTest(
      { service: 'echo', flags: ['--ssl_server_cert_path={serverFolder}'] },
      join(folder, 'tls'),
      certificates,
    );
  });
  after(async () => {
    await proxies.plain?.close();
    await proxies.tls?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return proxies as PlainAndTls;
}
