import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/helpers/ports.ts';
import { findProgram, proxyCore, startProgram } from '../processes.ts';
import type { Peer } from './peer.ts';

/** HAProxy with one thread. */
export const haproxy: Peer = {
  name: 'haproxy',
  unavailable: () => (findProgram('haproxy') === undefined ? 'haproxy is not on PATH' : undefined),
  serves: () => true,
  async start({ benchCase, backendPort, scratch, certFile, keyFile }) {
    const port = await freePort();
    const pem = join(scratch, 'haproxy.pem');
    writeFileSync(pem, `${readFileSync(certFile, 'utf8')}${readFileSync(keyFile, 'utf8')}`);
    const bind = `127.0.0.1:${port}${benchCase.tls ? ` ssl crt ${pem} ssl-min-ver TLSv1.3` : ''}${benchCase.protocol === 'h2' ? ' proto h2' : ''}`;
    const config = join(scratch, 'haproxy.cfg');
    writeFileSync(
      config,
      `global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout client 1h
  timeout server 1h
  timeout connect 5s
  http-reuse always
frontend front
  bind ${bind}
  default_backend back
backend back
  server one 127.0.0.1:${backendPort}
`,
    );
    const running = await startProgram([findProgram('haproxy') as string, '-db', '-f', config], {
      core: proxyCore,
      port,
    });
    return { port, running, headers: [] };
  },
};
