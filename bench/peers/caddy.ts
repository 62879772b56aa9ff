import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/helpers/ports.ts';
import { findProgram, proxyCore, startProgram } from '../processes.ts';
import type { Peer } from './peer.ts';

/** Caddy on one core. */
export const caddy: Peer = {
  name: 'caddy',
  unavailable: () => (findProgram('caddy') === undefined ? 'caddy is not on PATH' : undefined),
  serves: () => true,
  async start({ benchCase, backendPort, scratch, certFile, keyFile }) {
    const port = await freePort();
    const config = join(scratch, 'Caddyfile');
    const site = benchCase.tls
      ? `https://127.0.0.1:${port}, https://localhost:${port}`
      : `http://127.0.0.1:${port}`;
    writeFileSync(
      config,
      `{
  admin off
  auto_https off
  servers {
    protocols h1 h2 h2c
  }
}
${site} {
  ${benchCase.tls ? `tls ${certFile} ${keyFile}` : ''}
  reverse_proxy 127.0.0.1:${backendPort}
}
`,
    );
    const env = { GOMAXPROCS: '1', HOME: scratch, XDG_DATA_HOME: scratch, XDG_CONFIG_HOME: scratch };
    const running = await startProgram(
      [findProgram('caddy') as string, 'run', '--config', config, '--adapter', 'caddyfile'],
      { core: proxyCore, port, env },
    );
    return { port, running, headers: [] };
  },
};
