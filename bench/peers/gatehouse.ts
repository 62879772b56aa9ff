import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { prepareGatehouse } from '../gatehouse-process.ts';
import { proxyCore, startProgram } from '../processes.ts';
import { serviceConfig } from '../service-config.ts';
import { benchApiKey } from '../service-control-stand-in.ts';
import type { Peer, PeerContext } from './peer.ts';

/** The files of the backend as one API. */
const methods = ['json', 'body0', 'body1k', 'body64k', 'body1m'].map((name) => ({
  name,
  verb: 'get' as const,
  path: `/${name}`,
}));

/** Gatehouse with one worker: as a plain gate, or with route, key, quota and report. */
export const gatehouse: Peer = {
  name: 'gatehouse',
  unavailable: () => undefined,
  serves: () => true,
  async start(context) {
    const { policies, tls } = context.benchCase;
    const { command, port } = await prepareGatehouse({
      ...context,
      serviceConfig: serviceConfig({ methods, policies }),
      flags: tls ? certificate(context) : [],
    });
    const running = await startProgram(command, { core: proxyCore, port });
    return { port, running, headers: policies ? [`x-api-key: ${benchApiKey}`] : [] };
  },
};

function certificate({ scratch, certFile, keyFile }: PeerContext): string[] {
  const folder = join(scratch, 'tls');
  mkdirSync(folder, { recursive: true });
  copyFileSync(certFile, join(folder, 'server.crt'));
  copyFileSync(keyFile, join(folder, 'server.key'));
  return [`--ssl_server_cert_path=${folder}`, '--ssl_minimum_protocol=TLSv1.3'];
}
