import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/helpers/ports.ts';
import { findProgram, proxyCore, startProgram } from '../processes.ts';
import type { Peer } from './peer.ts';

/** nginx with one worker and a kept-alive upstream: the yardstick of every ratio. */
export const nginx: Peer = {
  name: 'nginx',
  unavailable: () => (findProgram('nginx') === undefined ? 'nginx is not on PATH' : undefined),
  serves: () => true,
  async start({ benchCase, backendPort, scratch, certFile, keyFile }) {
    const port = await freePort();
    const listen = `listen 127.0.0.1:${port}${benchCase.tls ? ' ssl' : ''}${benchCase.protocol === 'h2' ? ' http2' : ''} backlog=4096;`;
    const tls = benchCase.tls
      ? `ssl_certificate ${certFile}; ssl_certificate_key ${keyFile}; ssl_protocols TLSv1.3;`
      : '';
    const config = join(scratch, 'nginx.conf');
    writeFileSync(
      config,
      `daemon off; master_process off; worker_processes 1; pid ${scratch}/nginx.pid; error_log ${scratch}/nginx.err warn;
events { worker_connections 40000; }
http {
  access_log off; keepalive_timeout 3600; keepalive_requests 1000000000;
  client_body_temp_path ${scratch}/body; proxy_temp_path ${scratch}/proxy;
  fastcgi_temp_path ${scratch}/fcgi; uwsgi_temp_path ${scratch}/uwsgi; scgi_temp_path ${scratch}/scgi;
  upstream backend { server 127.0.0.1:${backendPort}; keepalive 256; keepalive_requests 1000000000; }
  server {
    ${listen} ${tls}
    location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`,
    );
    const running = await startProgram([findProgram('nginx') as string, '-c', config, '-p', scratch], {
      core: proxyCore,
      port,
    });
    return { port, running, headers: [] };
  },
};
