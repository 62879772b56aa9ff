import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/helpers/ports.ts';
import { proxyCore, startProgram } from '../processes.ts';
import type { Peer } from './peer.ts';

const benchFolder = join(import.meta.dirname, '..');

/** The gateways that npm has. Their packages live in bench/package.json, so that the product never sees them. */
export const nodeGateways: readonly Peer[] = [
  nodeGateway('fastify-http-proxy', '@fastify/http-proxy'),
  nodeGateway('http-proxy-middleware', 'http-proxy-middleware'),
  nodeGateway('fast-proxy', 'fast-proxy'),
];

function nodeGateway(name: string, packageName: string): Peer {
  return {
    name,
    unavailable: () =>
      existsSync(join(benchFolder, 'node_modules', packageName))
        ? undefined
        : `${packageName} is not installed; run npm install in bench/`,
    serves: (benchCase) => !benchCase.tls && benchCase.protocol === 'http/1.1',
    async start({ backendPort }) {
      const port = await freePort();
      const command = [
        process.execPath,
        join(import.meta.dirname, 'node', `${name}.mjs`),
        String(port),
        String(backendPort),
      ];
      return {
        port,
        running: await startProgram(command, { core: proxyCore, port, cwd: benchFolder }),
        headers: [],
      };
    },
  };
}
