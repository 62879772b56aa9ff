import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Closeable } from '../../core/lifecycle.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { plain } from './admin-routes.ts';
import type { AdminAnswer, AdminRequest } from './admin-routes.ts';
import { nodeHttp } from '../../protocol/http/node-http.ts';

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

/** Answers a request of the admin server; for one process `answerAdmin`, for several what merges theirs. */
export type AdminHandler = (request: AdminRequest) => AdminAnswer | Promise<AdminAnswer>;

/** @throws the system's error (`EADDRINUSE` …) */
export async function createAdminServer(
  handler: AdminHandler,
  options: AdminServerOptions,
  logger: Logger,
): Promise<AdminServer> {
  const server = nodeHttp.createServer((request, response) => {
    respond(handler, request, response).catch((error: unknown) => {
      logger.error({ error }, 'admin request failed');
      response.destroy();
    });
  });
  server.maxConnections = maxConnections;
  server.headersTimeout = requestTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  await listen(server, options.port, options.host ?? '127.0.0.1');
  server.on('error', (error) => logger.error({ error }, 'admin server failed'));
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

async function respond(
  handler: AdminHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  const { status, contentType, body } = isTrusted(request)
    ? await handler({ method: request.method ?? '', target: request.url ?? '' })
    : plain(403, 'requests of web pages are not answered\n');
  response.writeHead(status, {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
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
