import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../test/helpers/ports.ts';
import { findProgram, loadCore, type Running, startProgram } from './processes.ts';

const kib = 1024;
const jsonBytes = 100;

/** The files that the backend serves, by path; every path below /routes/ gives `json`. */
const bodies: Readonly<Record<string, Buffer>> = {
  json: Buffer.from(JSON.stringify({ message: 'x'.repeat(jsonBytes - '{"message":""}'.length) })),
  body0: Buffer.alloc(0),
  body1k: Buffer.alloc(kib, 'a'),
  body64k: Buffer.alloc(64 * kib, 'a'),
  body1m: Buffer.alloc(kib * kib, 'a'),
};

export interface Backend {
  readonly port: number;
  stop(): Promise<void>;
}

/** One backend for every proxy of a run: nginx with files where there is one, else a Node server. */
export async function startBackend(scratch: string): Promise<Backend> {
  const folder = join(scratch, 'backend');
  mkdirSync(folder, { recursive: true });
  for (const [name, body] of Object.entries(bodies)) writeFileSync(join(folder, name), body);
  const port = await freePort();
  const nginx = findProgram('nginx');
  const running: Running =
    nginx === undefined ? await startNode(folder, port) : await startNginx(nginx, scratch, folder, port);
  return { port, stop: () => running.stop() };
}

function startNginx(nginx: string, scratch: string, folder: string, port: number): Promise<Running> {
  const config = join(scratch, 'backend.conf');
  writeFileSync(
    config,
    `daemon off; master_process off; worker_processes 1; pid ${scratch}/backend.pid; error_log ${scratch}/backend.err warn;
events { worker_connections 20000; }
http {
  access_log off; sendfile on; tcp_nopush on; open_file_cache max=100; default_type application/json;
  keepalive_timeout 3600; keepalive_requests 1000000000;
  client_body_temp_path ${scratch}/backend-body; proxy_temp_path ${scratch}/backend-proxy;
  fastcgi_temp_path ${scratch}/backend-fcgi; uwsgi_temp_path ${scratch}/backend-uwsgi; scgi_temp_path ${scratch}/backend-scgi;
  server {
    listen 127.0.0.1:${port} backlog=4096; root ${folder};
    location ^~ /routes/ { try_files /json =404; }
  }
}
`,
  );
  return startProgram([nginx, '-c', config, '-p', scratch], { core: loadCore, port });
}

function startNode(folder: string, port: number): Promise<Running> {
  return startProgram(
    [process.execPath, join(import.meta.dirname, 'node-backend.ts'), folder, String(port)],
    { core: loadCore, port },
  );
}
