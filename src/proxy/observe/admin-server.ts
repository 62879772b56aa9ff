import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Closeable } from '../../core/lifecycle.ts';
import { adminRoutes, plain } from './admin-routes.ts';
import type { AdminAnswer, AdminDeps } from './admin-routes.ts';

/** Where the admin server listens. */
export interface AdminServerOptions {
  /** Default 127.0.0.1 (`--admin_address`). Whoever reaches it may read the config and drain the process. */
  readonly host?: string;
  /** `--status_port`, `--admin_port`; 0 takes a free one. */
  readonly port: number;
}

/** The admin server, apart from the data path: health, metrics, status, log level, drain. */
export interface AdminServer extends Closeable {
  readonly port: number;
}

/** @throws the system's error (`EADDRINUSE` …) */
export async function createAdminServer(deps: AdminDeps, options: AdminServerOptions): Promise<AdminServer> {
  const server = createServer((request, response) => respond(deps, request, response));
  server.maxConnections = maxConnections;
  server.headersTimeout = requestTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  await listen(server, options.port, options.host ?? '127.0.0.1');
  server.on('error', (error) => deps.logger.error({ error }, 'admin server failed'));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const maxConnections = 100;
const requestTimeoutMs = 10_000;

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function respond(deps: AdminDeps, request: IncomingMessage, response: ServerResponse): void {
  const { status, contentType, body } = answer(deps, request);
  response.writeHead(status, {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  request.resume();
}

function answer(deps: AdminDeps, request: IncomingMessage): AdminAnswer {
  if (!isTrusted(request)) return plain(403, 'requests of web pages are not answered\n');
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const route = adminRoutes.get(path);
  if (route === undefined) return plain(404, `not found; there is ${[...adminRoutes.keys()].join(' ')}\n`);
  if (!route.methods.includes(request.method ?? ''))
    return route.methodNotAllowed ?? plain(405, `method not allowed; use ${route.methods.join(' or ')}\n`);
  return route.answer(deps, new URLSearchParams(query));
}

/**
 * A page in somebody's browser must not reach this server: neither by a request of its own (`Origin`), nor under a name
 * that it lets resolve to loopback (`Host` other than an address or localhost at a loopback connection).
 */
function isTrusted(request: IncomingMessage): boolean {
  if (request.headers.origin !== undefined) return false;
  const local = request.socket.localAddress ?? '';
  const isLoopback = local === '::1' || /^(::ffff:)?127\./.test(local);
  if (!isLoopback) return true;
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return host === '' || host === 'localhost' || isIP(host) !== 0;
}
